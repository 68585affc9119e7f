// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_OPERATION_HPP
#define KERNEL_COPY_DETAIL_OPERATION_HPP

#include <kernel_copy/detail/part_handler.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/recycling_allocator.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace kernel_copy::detail {

/// What all operations have in common: the user's handler, one allocation by its allocator, the calls under way
/// that keep it alive, and the user's requests to stop.
///
/// `Derived` has `void begin()`, `void handle(unsigned char part, event)`, `void stop(stop_request)`, `bool done()`
/// (all is over, and no call is under way), `outcome()`, `asio::cancellation_slot part_slot(part)`, `executor()` and
/// `void abandon()` (asks all calls under way to end).
///
/// Several calls may end at once on several threads, if the user runs the context on them without a strand, and
/// requests may come at any time. One thread is at work; what comes meanwhile is left to it.
template <class Derived, class Handler>
class operation
{
public:
    using handler_type = Handler;

    operation(const operation&) = delete;
    operation& operator=(const operation&) = delete;

    template <class... Args>
    static void launch(Handler& handler, Args&&... args)
    {
        // The handler is moved into the operation: what is asked of it comes first.
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto allocator = allocator_for(handler);
        Derived* const made = traits::allocate(allocator, 1);
        try
        {
            ::new (static_cast<void*>(made)) Derived{std::move(handler), std::forward<Args>(args)...};
        }
        catch (...)
        {
            traits::deallocate(allocator, made, 1);
            throw;
        }
        reference life{made}; // that of its making
        if (slot.is_connected())
            made->canceller_ = &slot.template emplace<canceller>(made);
        made->state_ = made->at_work();
        made->work([made] { made->begin(); }, life);
    }

    void add_reference() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void drop_reference() noexcept
    {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            destroy();
    }

    [[nodiscard]] asio::cancellation_slot slot_of(unsigned char part) { return derived().part_slot(part); }
    [[nodiscard]] const Handler& handler() const noexcept { return handler_; }
    /// May a request to stop come?
    [[nodiscard]] bool cancellable() const noexcept { return canceller_ != nullptr; }

    /// A call has ended; its reference is passed on.
    static void arrived(Derived& self, unsigned char part, const event& e)
    {
        reference life{&self};
        if (self.enter({.part = part, .what = e}, life))
            self.work([&] { self.handle(part, e); }, life);
    }

protected:
    explicit operation(Handler&& handler)
        : handler_{std::move(handler)},
          allocator_{asio::associated_allocator<Handler, asio::recycling_allocator<void>>::get(handler_)}
    {}
    ~operation()
    {
        if (canceller_ != nullptr)
            canceller_->target = nullptr;
    }

private:
    using allocator_base = typename asio::associated_allocator<Handler, asio::recycling_allocator<void>>::type;
    using traits = typename std::allocator_traits<allocator_base>::template rebind_traits<Derived>;
    using allocator_type = typename traits::allocator_type;

    static allocator_type allocator_for(const Handler& handler)
    {
        return allocator_type{asio::associated_allocator<Handler, asio::recycling_allocator<void>>::get(handler)};
    }

    struct release
    {
        void operator()(Derived* of) const noexcept { of->drop_reference(); }
    };
    using reference = std::unique_ptr<Derived, release>;

    /// What came while a thread was at work: the end of a call, with its reference, or a request.
    struct message
    {
        unsigned char part = 0;
        stop_request request = stop_request::none;
        event what{};
        message* next = nullptr;
    };

    /// Lives in the user's slot. The slot may be destroyed before the operation, or after it.
    struct canceller
    {
        explicit canceller(operation* on) noexcept : target{on} {}
        canceller(const canceller&) = delete;
        canceller& operator=(const canceller&) = delete;
        ~canceller()
        {
            if (target != nullptr)
                target->canceller_ = nullptr;
        }
        void operator()(asio::cancellation_type_t type) const
        {
            if (const stop_request stop = to_stop_request(type); target != nullptr && stop != stop_request::none)
                target->requested(stop);
        }
        operation* target;
    };

    // The state is null while nobody is at work, this (which is no message) while somebody is, or what has come since.
    message* at_work() noexcept { return reinterpret_cast<message*>(this); }

    /// True if this thread is to do the work now. Otherwise the message is left, and takes the reference with it.
    bool enter(const message& m, reference& life)
    {
        message* seen = nullptr;
        if (state_.compare_exchange_strong(seen, at_work(), std::memory_order_acquire))
            return true;
        auto* const left = new (std::nothrow) message{m};
        if (left == nullptr) // rather go round than lose it
        {
            asio::post(derived().executor(), asio::append(part_handler<Derived>{derived(), m.part}, m.what));
            return false;
        }
        for (;;)
        {
            left->next = seen == at_work() ? nullptr : seen;
            message* const wanted = seen == nullptr ? at_work() : left;
            if (!state_.compare_exchange_weak(seen, wanted, std::memory_order_acq_rel, std::memory_order_acquire))
                continue;
            if (wanted == left)
            {
                if (m.request == stop_request::none)
                    static_cast<void>(life.release()); // to the message
                return false;
            }
            delete left;
            return true;
        }
    }

    /// Does something, and what is left by others meanwhile, and completes if then all is over.
    template <class Function>
    void work(Function first, reference& life)
    {
        bool over = false; // not a member: who has left is no longer the only one to look
        try
        {
            if (!broken_)
                first();
            while (message* const left = leave(over))
                read(left);
        }
        catch (...)
        {
            // Out of memory, most likely: the operation ends without a word, as soon as its calls have.
            broken_ = true;
            derived().abandon();
            while (message* const left = leave(over))
                read(left);
            throw;
        }
        if (over)
            complete(life);
    }

    /// Stops being at work, unless there is something left to do or all is over.
    message* leave(bool& over) noexcept
    {
        over = !broken_ && derived().done();
        if (over) // only requests can have come too late
        {
            for (message* late = state_.exchange(at_work()); late != at_work() && late != nullptr;)
                delete std::exchange(late, late->next);
            return nullptr;
        }
        message* seen = at_work();
        if (state_.compare_exchange_strong(seen, nullptr, std::memory_order_release, std::memory_order_acquire))
            return nullptr;
        return state_.exchange(at_work(), std::memory_order_acquire);
    }

    /// All of the list, even if one of its messages throws: each carries a reference.
    void read(message* list)
    {
        std::exception_ptr thrown;
        while (list != nullptr)
        {
            const std::unique_ptr<message> m{std::exchange(list, list->next)};
            const bool is_request = m->request != stop_request::none;
            const reference carried{is_request ? nullptr : &derived()};
            if (!broken_)
                try
                {
                    if (is_request)
                        derived().stop(m->request);
                    else
                        derived().handle(m->part, m->what);
                }
                catch (...)
                {
                    broken_ = true;
                    thrown = std::current_exception();
                }
        }
        if (thrown)
            std::rethrow_exception(thrown);
    }

    void requested(stop_request stop)
    {
        add_reference();
        reference life{&derived()};
        if (enter({.request = stop}, life))
            work([this, stop] { derived().stop(stop); }, life);
    }

    void complete(reference& life)
    {
        if (canceller_ != nullptr)
            std::exchange(canceller_, nullptr)->target = nullptr;
        Handler handler{std::move(handler_)};
        auto [error, result] = derived().outcome();
        // The memory is given back before the upcall; by another thread, if one has left but not yet let go.
        life.reset();
        std::move(handler)(error, std::move(result));
    }

    Derived& derived() noexcept { return static_cast<Derived&>(*this); }

    void destroy() noexcept
    {
        Derived* const self = &derived();
        allocator_type allocator{allocator_};
        self->~Derived();
        traits::deallocate(allocator, self, 1);
    }

    Handler handler_;
    [[no_unique_address]] allocator_base allocator_; ///< known when the handler has been moved from
    canceller* canceller_ = nullptr;
    std::atomic<message*> state_{nullptr};
    std::atomic<unsigned> references_{1};
    bool broken_ = false;
};

} // namespace kernel_copy::detail

#endif
