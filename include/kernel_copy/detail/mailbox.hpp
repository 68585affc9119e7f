// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_MAILBOX_HPP
#define KERNEL_COPY_DETAIL_MAILBOX_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/facts.hpp>

#include <atomic>
#include <new>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// Lets one thread at a time be at work, from the beginning the one that makes this; what others bring meanwhile is left
/// to it. Nobody waits.
class mailbox
{
public:
    mailbox() = default;
    mailbox(const mailbox&) = delete;
    mailbox& operator=(const mailbox&) = delete;
    /// Requests that came too late are left.
    ~mailbox()
    {
        for (message* late = take(); late != nullptr;)
            delete std::exchange(late, late->next);
    }

    /// The end of a call, or a request.
    struct message
    {
        unsigned char part = 0;
        stop_request request = stop_request::none;
        event what{};
        message* next = nullptr;
    };

    enum class answer : unsigned char
    {
        at_work, ///< from now on this thread is
        left,    ///< another is, and will find it
        no_memory
    };

    answer enter(const message& m) noexcept
    {
        message* seen = nullptr;
        if (state_.compare_exchange_strong(seen, at_work(), std::memory_order_acquire))
            return answer::at_work;
        auto* const left = new (std::nothrow) message{m};
        if (left == nullptr)
            return answer::no_memory;
        for (;;)
        {
            left->next = seen == at_work() ? nullptr : seen;
            message* const wanted = seen == nullptr ? at_work() : left;
            if (!state_.compare_exchange_weak(seen, wanted, std::memory_order_acq_rel, std::memory_order_acquire))
                continue;
            if (wanted == left)
                return answer::left;
            delete left;
            return answer::at_work;
        }
    }

    /// What has been left, newest first. If that is nothing, this thread is no longer at work.
    message* leave() noexcept
    {
        message* seen = at_work();
        if (state_.compare_exchange_strong(seen, nullptr, std::memory_order_release, std::memory_order_acquire))
            return nullptr;
        return take();
    }

private:
    message* take() noexcept
    {
        message* const list = state_.exchange(at_work(), std::memory_order_acquire);
        return list == at_work() ? nullptr : list;
    }

    // The state is null while nobody is at work, this (which is no message) while somebody is, or what has come since.
    message* at_work() noexcept { return reinterpret_cast<message*>(this); }

    std::atomic<message*> state_{at_work()};
};

} // namespace kernel_copy::inline v0::detail

#endif
