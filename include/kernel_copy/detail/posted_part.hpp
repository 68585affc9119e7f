// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_POSTED_PART_HPP
#define KERNEL_COPY_DETAIL_POSTED_PART_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/asio_as_built.hpp>
#include <kernel_copy/detail/part_handler.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/execution/allocator.hpp>
#include <boost/asio/execution/executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>

#include <type_traits>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// A part of an operation, on its way by the operation's own executor: as if a call of it had ended there. It has taken a
/// reference over, and does not know the operation's type, so that what works on it is compiled once.
class posted_part
{
public:
    struct manner
    {
        void (*run)(void* operation, unsigned char part, const event& e);
        void (*drop)(void* operation) noexcept;
    };

    posted_part(void* operation, const manner& how, unsigned char part, const event& e) noexcept
        : operation_{operation}, how_{&how}, part_{part}, event_{e}
    {}
    posted_part(posted_part&& other) noexcept
        : operation_{std::exchange(other.operation_, nullptr)}, how_{other.how_}, part_{other.part_}, event_{
                                                                                                          other.event_}
    {}
    posted_part& operator=(posted_part&&) = delete;
    ~posted_part()
    {
        if (operation_ != nullptr)
            how_->drop(operation_);
    }

    void operator()() { how_->run(std::exchange(operation_, nullptr), part_, event_); }

private:
    void* operation_;
    const manner* how_;
    unsigned char part_;
    event event_;
};

inline namespace KERNEL_COPY_ASIO_ABI {

/// Most executors stand for an io_context: what is posted by its own takes one piece of memory instead of two. A template,
/// so that no unit has it which does not use it.
template <class Executor>
void post_plainly(const Executor& executor, posted_part&& part)
{
    if (const auto* const plain = executor.template target<boost::asio::io_context::executor_type>())
        boost::asio::post(*plain, std::move(part));
    else
        boost::asio::post(executor, std::move(part));
}

#if defined(KERNEL_COPY_ASIO_AS_BUILT)
void post(const boost::asio::any_io_executor& executor, posted_part&& part);
#else
inline void post(const boost::asio::any_io_executor& executor, posted_part&& part)
{
    detail::post_plainly(executor, std::move(part));
}
#endif

} // namespace KERNEL_COPY_ASIO_ABI

/// As Asio runs the handler of a call that has ended: by the handler's executor, which says itself whether that may be at
/// once.
template <class Executor, class Allocator, class Function>
void dispatch_by(const Executor& executor, [[maybe_unused]] const Allocator& allocator, Function&& function)
{
    if constexpr (asio::execution::is_executor<Executor>::value)
        asio::prefer(executor, asio::execution::allocator(allocator)).execute(std::forward<Function>(function));
    else
        executor.dispatch(std::forward<Function>(function), allocator);
}

template <class Operation>
inline constexpr posted_part::manner manner_of{
    .run =
        [](void* operation, unsigned char part, const event& e) {
            auto* const self = static_cast<Operation*>(operation);
            part_handler<Operation> handler{*self, part, false};
            self->drop_reference();
            const auto own = self->executor();
            const auto executor = asio::get_associated_executor(handler, own);
            if constexpr (std::is_same_v<decltype(own), decltype(executor)>)
                if (own == executor) // and this is run by it
                    return std::move(handler)(e);
            const auto allocator = asio::get_associated_allocator(handler);
            BOOST_ASIO_HANDLER_LOCATION((__FILE__, __LINE__, Operation::name));
            detail::dispatch_by(executor, allocator,
                                [handler = std::move(handler), e]() mutable { std::move(handler)(e); });
        },
    .drop = [](void* operation) noexcept { static_cast<Operation*>(operation)->drop_reference(); }};

/// Comes back where the user's handler runs, as if a call of this part had ended. Takes a reference over: on another thread
/// it may be the last at once.
template <class Operation>
void come_back(Operation& operation, unsigned char part, const event& e = {})
{
    BOOST_ASIO_HANDLER_LOCATION((__FILE__, __LINE__, Operation::name));
    posted_part posted{&operation, manner_of<Operation>, part, e};
    const auto executor = operation.executor();
    using any = asio::any_io_executor;
    if constexpr (std::is_same_v<decltype(executor), const any> && asio::execution::is_executor<any>::value)
        detail::post(executor, std::move(posted)); // which has no use for an allocator
    else
    {
        const auto allocator = asio::get_associated_allocator(operation.handler());
        asio::post(executor, asio::bind_allocator(allocator, std::move(posted)));
    }
}

} // namespace kernel_copy::inline v0::detail

#endif
