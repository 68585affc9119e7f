// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_DISK_TASK_HPP
#define KERNEL_COPY_DETAIL_DISK_TASK_HPP

#include <kernel_copy/detail/disk_job.hpp>
#include <kernel_copy/detail/executors.hpp>
#include <kernel_copy/detail/part_handler.hpp>
#include <kernel_copy/detail/pump.hpp>
#include <kernel_copy/disk_workers.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/core/no_exceptions_support.hpp>

#include <cerrno>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// Memory for one handler at a time, on its way from a worker: the user's allocator need not know other threads.
class handler_memory
{
public:
    handler_memory() = default;
    handler_memory(const handler_memory&) = delete;
    handler_memory& operator=(const handler_memory&) = delete;

    void* take(std::size_t size)
    {
        if (used_ || size > sizeof bytes_)
            return ::operator new(size);
        used_ = true;
        return bytes_;
    }
    void give_back(void* memory) noexcept
    {
        if (memory == bytes_)
            used_ = false;
        else
            ::operator delete(memory);
    }

private:
    alignas(std::max_align_t) std::byte bytes_[384];
    bool used_ = false;
};

template <class T>
class handler_allocator
{
public:
    using value_type = T;

    explicit handler_allocator(handler_memory& from) noexcept : memory_{&from} {}
    template <class U>
    handler_allocator(const handler_allocator<U>& other) noexcept : memory_{other.memory_}
    {}
    T* allocate(std::size_t n) { return static_cast<T*>(memory_->take(n * sizeof(T))); }
    void deallocate(T* memory, std::size_t) noexcept { memory_->give_back(memory); }
    friend bool operator==(const handler_allocator&, const handler_allocator&) noexcept = default;

private:
    template <class U>
    friend class handler_allocator;

    handler_memory* memory_;
};

/// A call that a worker makes for one side of a copy.
class disk_task_base : public disk_job
{
public:
    virtual ~disk_task_base() = default;
};

template <class Operation>
class disk_task final : public disk_task_base
{
public:
    enum class errand : unsigned char
    {
        transfer,         ///< that pump::run() has handed out
        close_duplicates, ///< which may wait for a file system as well (the flush of close(2))
    };

    /// The operation stays alive until the worker is done, and so do the pump and what it has lent the worker.
    void start(Operation& operation, unsigned char part, pump& on, call_side side, errand what, disk_queue& queue,
               const asio::any_io_executor* where)
    {
        pump_ = &on;
        side_ = side;
        errand_ = what;
        handler_type handler{operation, part};
        executor_.emplace(tracked(operation.executor()));
        handler_.emplace(std::move(handler));
        detail::submit(queue, *this, where);
    }

    void work() noexcept override
    {
        if (errand_ == errand::transfer)
            return answer(pump_->do_on_worker(side_));
        pump_->close_duplicates();
        answer({.side = side_});
    }
    /// The copy ends with that, unless its context is about to.
    void drop() noexcept override { answer({.error = errno_code(ECANCELED), .side = side_}); }

private:
    using handler_type = part_handler<Operation>;
    using own_executor = decltype(std::declval<Operation&>().executor());
    using executor_type = decltype(tracked(std::declval<const own_executor&>()));

    // To the operation's own executor first, like the end of any call; from there the handler finds its own.
    void answer(const event& e) noexcept
    {
        BOOST_ASIO_HANDLER_LOCATION((__FILE__, __LINE__, Operation::name));
        handler_type handler{*std::exchange(handler_, std::nullopt)};
        const executor_type executor{*std::exchange(executor_, std::nullopt)};
        BOOST_TRY
        {
            post(executor, asio::append(asio::bind_allocator(handler_allocator<void>{memory_}, std::move(handler)), e));
        }
        BOOST_CATCH(...)
        {
            // Out of memory: the operation ends without a word, as everywhere.
        }
        BOOST_CATCH_END
    }

    // What stands for an io_context takes the handler's memory from where it is offered only if it is asked itself.
    template <class Handler>
    static void post(const executor_type& executor, Handler&& handler)
    {
        using context_executor =
            std::decay_t<decltype(tracked(std::declval<const asio::io_context::executor_type&>()))>;
        if constexpr (requires { executor.template target<context_executor>(); })
            if (const context_executor* const plain = executor.template target<context_executor>())
                return asio::post(*plain, std::forward<Handler>(handler));
        asio::post(executor, std::forward<Handler>(handler));
    }

    handler_memory memory_{};
    pump* pump_ = nullptr;
    call_side side_ = call_side::source;
    errand errand_ = errand::transfer;
    std::optional<handler_type> handler_{};
    std::optional<executor_type> executor_{};
};

/// The tasks of one direction, made when first needed.
template <bool MayBeNeeded>
class disk_tasks
{
public:
    template <class Operation>
    void start(Operation& operation, unsigned char part, pump& on, call_side side,
               typename disk_task<Operation>::errand what, asio::execution_context& context,
               const asio::any_io_executor* where)
    {
        if (queue_ == nullptr)
            queue_ = asio::use_service<disk_workers>(context).queue();
        auto& task = tasks_[static_cast<std::size_t>(side)];
        if (task == nullptr)
            task = std::make_unique<disk_task<Operation>>();
        static_cast<disk_task<Operation>&>(*task).start(operation, part, on, side, what, *queue_, where);
    }

    /// What the copy ends with, when the duplicates are closed.
    std::optional<error_code> end{};
    /// A task was dropped: there is no worker any more.
    bool lost_executor = false;

private:
    std::shared_ptr<disk_queue> queue_{};
    std::unique_ptr<disk_task_base> tasks_[2]{};
};

/// Of two ends that are no files.
template <>
class disk_tasks<false>
{};

} // namespace kernel_copy::inline v0::detail

#endif
