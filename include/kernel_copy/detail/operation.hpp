// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_OPERATION_HPP
#define KERNEL_COPY_DETAIL_OPERATION_HPP

#include <kernel_copy/detail/canceller.hpp>
#include <kernel_copy/detail/immediate.hpp>
#include <kernel_copy/detail/mailbox.hpp>
#include <kernel_copy/detail/part_handler.hpp>
#include <kernel_copy/detail/posted_part.hpp>
#include <kernel_copy/detail/shared_life.hpp>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/handler_continuation_hook.hpp>
#include <boost/core/no_exceptions_support.hpp>
#include <boost/throw_exception.hpp>

#include <exception>
#include <memory>
#include <new>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// What all operations have in common: the calls under way, which keep it alive, and the user's requests to stop.
///
/// `Derived` has `void begin()`, `void handle(unsigned char part, event)`, `void stop(stop_request)`, `bool done()`
/// (all is over, and no call is under way), `outcome()`, `asio::cancellation_slot part_slot(part)`, `executor()` and
/// `void abandon()` (asks all calls under way to end).
///
/// Several calls may end at once on several threads, if the user runs the context on them without a strand, and
/// requests may come at any time. One thread is at work; what comes meanwhile is left to it. Who starts the operation
/// and who makes a request may be anywhere: what is left to them, and the completion, goes where the handler runs.
template <class Derived, class Handler>
class operation : public shared_life<Derived, Handler>
{
    using message = mailbox::message;
    using base = shared_life<Derived, Handler>;
    using base::alive;
    using base::derived;

public:
    using typename base::reference;

    template <class... Args>
    static void launch(Handler& handler, Args&&... args)
    {
        // The handler is moved into the operation: what is asked of it comes first.
        auto slot = asio::get_associated_cancellation_slot(handler);
        const bool continues = is_continuation(handler);
        reference life = base::make(handler, std::forward<Args>(args)...);
        Derived& made = *life;
        made.continues_ = continues;
        if (slot.is_connected())
            made.canceller_ = &slot.template emplace<canceller<operation>>(&made);
        made.work([&made] { made.begin(); }, life, whereabouts::initiating);
    }

    [[nodiscard]] asio::cancellation_slot slot_of(unsigned char part)
    {
        return part == homing_part ? asio::cancellation_slot{} : derived().part_slot(part);
    }
    /// Is a call that is made now the only thing that this thread goes on with? Asio then keeps it for this thread, if it
    /// ends at once.
    [[nodiscard]] bool continues() const noexcept { return continues_; }
    /// May a request to stop come?
    [[nodiscard]] bool cancellable() const noexcept { return canceller_ != nullptr; }

    /// Comes back where the handler runs, as if a call of this part had ended.
    void post(unsigned char part, const event& e = {})
    {
        this->add_reference();
        detail::come_back(derived(), part, e);
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
    explicit operation(Handler&& handler) : base{std::move(handler)} {}
    ~operation() = default;

private:
    friend base;
    friend class canceller<operation>;

    static bool is_continuation(Handler& handler)
    {
        using asio::asio_handler_is_continuation;
        return asio_handler_is_continuation(std::addressof(handler));
    }

    void hear_no_more() noexcept
    {
        if (auto* const from = std::exchange(canceller_, nullptr))
            from->forget();
    }

    /// Of a thread that is at work.
    enum class whereabouts : unsigned char
    {
        anywhere,
        initiating, ///< in the initiating function
        at_handler  ///< where the handler would run
    };

    /// What is to come when a thread is no longer at work.
    enum class outlook : unsigned char
    {
        goes_on,
        goes_home_at_once, ///< by the handler's immediate executor
        over
    };

    /// All is over, and that is only to be said where the handler runs.
    enum class homing : unsigned char
    {
        no,
        posted,
        at_once
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
            homing_ = homing::no;
        else
            derived().handle(part, e);
    }

    /// Does something, and what is left by others meanwhile, and completes if then all is over.
    template <class Function>
    void work(Function first, reference& life, whereabouts where)
    {
        auto comes = outlook::goes_on; // not a member: who has left is no longer the only one to look
        BOOST_TRY
        {
            if (!broken_)
                first();
            while (message* const left = leave(comes, life, where))
                read(left, where);
        }
        BOOST_CATCH(...)
        {
            // Out of memory, most likely: the operation ends without a word, as soon as its calls have.
            broken_ = true;
            derived().abandon();
            while (message* const left = leave(comes, life, where))
                read(left, where);
            BOOST_RETHROW
        }
        BOOST_CATCH_END
        if (comes == outlook::over)
            complete(life);
        if constexpr (has_immediate_executors)
            if (comes == outlook::goes_home_at_once)
                go_home_at_once(life);
    }

    /// Stops being at work, unless there is something left to do or all is over.
    message* leave(outlook& comes, reference& life, whereabouts where)
    {
        if (!broken_ && homing_ == homing::no && derived().done())
        {
            if (where == whereabouts::at_handler)
            {
                comes = outlook::over;
                return nullptr;
            }
            // Nothing completes in a request, nor in an initiating function, unless the handler wants it so.
            homing_ = has_immediate_executors && where == whereabouts::initiating ? homing::at_once : homing::posted;
            if (homing_ == homing::at_once)
                comes = outlook::goes_home_at_once;
            else
                post(homing_part);
        }
        // Who has left holds nothing: the last call may end at once on another thread, which gives back the memory before
        // the upcall. Until then the references of calls under way stay; not that of who goes home at once, and may fail.
        const bool lives_on = !broken_ && homing_ != homing::at_once && this->is_shared();
        if (lives_on)
            life.reset();
        message* const left = mailbox_.leave();
        if (left != nullptr && lives_on)
            life = alive();
        return left;
    }

    void go_home_at_once(reference& life)
    {
        part_handler<Derived> home{derived(), homing_part, false};
        const auto executor = derived().executor();
        life.reset(); // it is the part's
        detail::run_immediately(this->handler(), executor, std::move(home));
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
        Handler handler{this->take_handler()};
        auto [error, result] = derived().outcome();
        life.reset(); // the memory is given back before the upcall
        std::move(handler)(error, std::move(result));
    }

    // Small things first, in the base's last word.
    bool broken_ = false;
    bool continues_ = false;
    homing homing_ = homing::no;
    canceller<operation>* canceller_ = nullptr;
    mailbox mailbox_{};
};

} // namespace kernel_copy::inline v0::detail

#endif
