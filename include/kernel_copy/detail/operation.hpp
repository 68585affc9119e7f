// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_OPERATION_HPP
#define KERNEL_COPY_DETAIL_OPERATION_HPP

#include <kernel_copy/detail/canceller.hpp>
#include <kernel_copy/detail/mailbox.hpp>
#include <kernel_copy/detail/part_handler.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/handler_continuation_hook.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <boost/core/no_exceptions_support.hpp>
#include <boost/throw_exception.hpp>

#include <atomic>
#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// What all operations have in common: the user's handler, one allocation by its allocator, the calls under way
/// that keep it alive, and the user's requests to stop.
///
/// `Derived` has `void begin()`, `void handle(unsigned char part, event)`, `void stop(stop_request)`, `bool done()`
/// (all is over, and no call is under way), `outcome()`, `asio::cancellation_slot part_slot(part)`, `executor()` and
/// `void abandon()` (asks all calls under way to end).
///
/// Several calls may end at once on several threads, if the user runs the context on them without a strand, and
/// requests may come at any time. One thread is at work; what comes meanwhile is left to it. Who starts the operation
/// and who makes a request may be anywhere: what is left to them, and the completion, goes where the handler runs.
template <class Derived, class Handler>
class operation
{
    using message = mailbox::message;

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
        const bool continues = is_continuation(handler);
        Derived* const made = traits::allocate(allocator, 1);
        BOOST_TRY
        {
            ::new (static_cast<void*>(made)) Derived{std::move(handler), std::forward<Args>(args)...};
        }
        BOOST_CATCH(...)
        {
            traits::deallocate(allocator, made, 1);
            BOOST_RETHROW
        }
        BOOST_CATCH_END
        reference life{made}; // that of its making
        made->continues_ = continues;
        if (slot.is_connected())
            made->canceller_ = &slot.template emplace<canceller<operation>>(made);
        made->work([made] { made->begin(); }, life, whereabouts::anywhere);
    }

    void add_reference() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void drop_reference() noexcept
    {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            destroy();
    }

    [[nodiscard]] asio::cancellation_slot slot_of(unsigned char part)
    {
        return part == homing_part ? asio::cancellation_slot{} : derived().part_slot(part);
    }
    [[nodiscard]] const Handler& handler() const noexcept { return handler_; }
    /// Is a call that is made now the only thing that this thread goes on with? Asio then keeps it for this thread, if it
    /// ends at once.
    [[nodiscard]] bool continues() const noexcept { return continues_; }
    /// May a request to stop come?
    [[nodiscard]] bool cancellable() const noexcept { return canceller_ != nullptr; }

    /// Comes back where the handler runs, as if a call of this part had ended.
    void post(unsigned char part, const event& e = {})
    {
        asio::post(derived().executor(), asio::append(part_handler<Derived>{derived(), part, false}, e));
    }

    /// A call has ended; its reference is passed on.
    static void arrived(Derived& self, unsigned char part, const event& e)
    {
        reference life{&self};
        if (self.enter({.part = part, .what = e}, life))
            self.work(
                [&] {
                    self.continues_ = true;
                    self.hear(part, e);
                },
                life, whereabouts::at_handler);
    }

protected:
    explicit operation(Handler&& handler)
        : handler_{std::move(handler)},
          allocator_{asio::associated_allocator<Handler, asio::recycling_allocator<void>>::get(handler_)}
    {}
    ~operation() = default;

private:
    using allocator_base = typename asio::associated_allocator<Handler, asio::recycling_allocator<void>>::type;
    using traits = typename std::allocator_traits<allocator_base>::template rebind_traits<Derived>;
    using allocator_type = typename traits::allocator_type;

    static allocator_type allocator_for(const Handler& handler)
    {
        return allocator_type{asio::associated_allocator<Handler, asio::recycling_allocator<void>>::get(handler)};
    }

    static bool is_continuation(Handler& handler)
    {
        using asio::asio_handler_is_continuation;
        return asio_handler_is_continuation(std::addressof(handler));
    }

    struct release
    {
        void operator()(Derived* of) const noexcept { of->drop_reference(); }
    };
    using reference = std::unique_ptr<Derived, release>;

    friend class canceller<operation>;

    reference alive() noexcept
    {
        add_reference();
        return reference{&derived()};
    }

    void hear_no_more() noexcept
    {
        if (auto* const from = std::exchange(canceller_, nullptr))
            from->forget();
    }

    /// Of a thread that is at work.
    enum class whereabouts : bool
    {
        anywhere,
        at_handler ///< where the handler would run
    };

    /// A part of no call: it only comes where the handler runs.
    static constexpr unsigned char homing_part = 255;

    /// True if this thread is to do the work now. Otherwise the message is left, and takes the reference with it.
    bool enter(const message& m, reference& life)
    {
        const auto answer = mailbox_.enter(m);
        if (answer == mailbox::answer::left)
            static_cast<void>(life.release()); // to the message
        else if (answer == mailbox::answer::no_memory)
            post(m.part, m.what); // rather go round than lose it
        return answer == mailbox::answer::at_work;
    }

    /// The same of a request, which needs no life.
    bool hears(stop_request stop)
    {
        const auto answer = mailbox_.enter({.request = stop});
        if (answer == mailbox::answer::no_memory)
            boost::throw_exception(std::bad_alloc{});
        return answer == mailbox::answer::at_work;
    }

    void hear(unsigned char part, const event& e)
    {
        if (part == homing_part)
            is_homing_ = false;
        else
            derived().handle(part, e);
    }

    /// Does something, and what is left by others meanwhile, and completes if then all is over.
    template <class Function>
    void work(Function first, reference& life, whereabouts where)
    {
        bool over = false; // not a member: who has left is no longer the only one to look
        BOOST_TRY
        {
            if (!broken_)
                first();
            while (message* const left = leave(over, life, where))
                read(left, where);
        }
        BOOST_CATCH(...)
        {
            // Out of memory, most likely: the operation ends without a word, as soon as its calls have.
            broken_ = true;
            derived().abandon();
            while (message* const left = leave(over, life, where))
                read(left, where);
            BOOST_RETHROW
        }
        BOOST_CATCH_END
        if (over)
            complete(life);
    }

    /// Stops being at work, unless there is something left to do or all is over.
    message* leave(bool& over, reference& life, whereabouts where)
    {
        const bool all_over = !broken_ && !is_homing_ && derived().done();
        if (all_over && where == whereabouts::anywhere) // nothing completes in an initiating function, or in a request
        {
            is_homing_ = true;
            post(homing_part);
        }
        over = all_over && !is_homing_;
        if (over)
            return nullptr;
        // Who has left holds nothing: the last call may end at once on another thread, which gives back the memory before
        // the upcall. Until then the references of calls under way stay.
        const bool lives_on = !broken_ && references_.load(std::memory_order_relaxed) > 1;
        if (lives_on)
            life.reset();
        message* const left = mailbox_.leave();
        if (left != nullptr && lives_on)
            life = alive();
        return left;
    }

    /// All of the list, even if one of its messages throws: each carries a reference.
    void read(message* list, whereabouts where)
    {
        std::exception_ptr thrown;
        while (list != nullptr)
        {
            const std::unique_ptr<message> m{std::exchange(list, list->next)};
            const bool is_request = m->request != stop_request::none;
            const reference carried{is_request ? nullptr : &derived()};
            if (!broken_)
            {
                BOOST_TRY
                {
                    if (is_request)
                        derived().stop(m->request);
                    else if (where == whereabouts::at_handler)
                        hear(m->part, m->what);
                    else
                        post(m->part, m->what);
                }
                BOOST_CATCH(...)
                {
                    broken_ = true;
                    thrown = std::current_exception();
                }
                BOOST_CATCH_END
            }
        }
        if (thrown)
            std::rethrow_exception(thrown);
    }

    static void obey(stop_request stop, reference& life)
    {
        Derived& self = *life;
        self.work(
            [&] {
                self.continues_ = false;
                self.stop(stop);
            },
            life, whereabouts::anywhere);
    }

    void complete(reference& life)
    {
        hear_no_more();
        Handler handler{std::move(handler_)};
        auto [error, result] = derived().outcome();
        life.reset(); // the memory is given back before the upcall
        std::move(handler)(error, std::move(result));
    }

    Derived& derived() noexcept { return static_cast<Derived&>(*this); }

    void destroy() noexcept
    {
        hear_no_more(); // before what a request could find is gone
        Derived* const self = &derived();
        allocator_type allocator{allocator_};
        self->~Derived();
        traits::deallocate(allocator, self, 1);
    }

    Handler handler_;
    [[no_unique_address]] allocator_base allocator_; ///< known when the handler has been moved from
    canceller<operation>* canceller_ = nullptr;
    mailbox mailbox_{};
    std::atomic<unsigned> references_{1};
    bool broken_ = false;
    bool is_homing_ = false;
    bool continues_ = false;
};

} // namespace kernel_copy::inline v0::detail

#endif
