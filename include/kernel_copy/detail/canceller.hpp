// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_CANCELLER_HPP
#define KERNEL_COPY_DETAIL_CANCELLER_HPP

#include <kernel_copy/detail/facts.hpp>
#include <kernel_copy/detail/part_handler.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <mutex>

namespace kernel_copy::inline v0::detail {

/// Takes the user's requests to stop to an operation. Lives in the user's slot, which may be destroyed before the
/// operation, or after it. A request may be made while the operation ends on another thread, and does not keep it alive
/// then: it finds it at rest, and is at work from there on; or leaves it a message; or does not find it.
///
/// `Operation` has `canceller_`, a pointer to this; `bool hears(stop_request)`, true if this thread is to see to it; and
/// `obey(stop_request, reference)`, which does, with the reference that `alive()` has given.
template <class Operation>
class canceller
{
public:
    explicit canceller(Operation* on) noexcept : target_{on} {}
    canceller(const canceller&) = delete;
    canceller& operator=(const canceller&) = delete;
    ~canceller()
    {
        if (target_ != nullptr)
            target_->canceller_ = nullptr;
    }

    void operator()(boost::asio::cancellation_type_t type)
    {
        const stop_request stop = to_stop_request(type);
        typename Operation::reference life{nullptr};
        if (const std::lock_guard lock{mutex_};
            target_ != nullptr && stop != stop_request::none && target_->hears(stop))
            life = target_->alive();
        if (life != nullptr)
            Operation::obey(stop, life);
    }

    /// The operation is over, for all who have not been heard yet.
    void forget() noexcept
    {
        const std::lock_guard lock{mutex_};
        target_ = nullptr;
    }

private:
    std::mutex mutex_{};
    Operation* target_;
};

} // namespace kernel_copy::inline v0::detail

#endif
