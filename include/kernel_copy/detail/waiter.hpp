// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_WAITER_HPP
#define KERNEL_COPY_DETAIL_WAITER_HPP

#include <kernel_copy/detail/endpoint_concepts.hpp>
#include <kernel_copy/detail/kernel.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <optional>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// Waits for an end by Asio's own wait.
template <class End, class Executor>
class waiter
{
public:
    template <class Handler>
    void wait(End& end, asio::posix::descriptor_base::wait_type which, Handler&& handler)
    {
        auto& object = endpoint_traits<End>::waiter(end);
        object.async_wait(which == asio::posix::descriptor_base::wait_write ? object.wait_write : object.wait_read,
                          std::forward<Handler>(handler));
    }
};

/// Waits for a descriptor that Asio has no wait for (its pipes, a user's own types, what a file turned out to
/// be), through an epoll descriptor that is made at the first wait.
template <class End, class Executor>
requires(has_descriptor<End> && !has_waiter<End>) class waiter<End, Executor>
{
public:
    template <class Handler>
    void wait(End& end, asio::posix::descriptor_base::wait_type which, Handler&& handler)
    {
        if (const error_code error = watch(end, which); error)
            return asio::post(end.get_executor(), asio::append(std::forward<Handler>(handler), error));
        watch_->async_wait(asio::posix::descriptor_base::wait_read, std::forward<Handler>(handler));
    }

private:
    error_code watch(End& end, asio::posix::descriptor_base::wait_type which)
    {
        if (watch_ && watch_->is_open())
            return {};
        if (!watch_)
            watch_.emplace(end.get_executor());
        kernel& k = current_kernel();
        const call_result opened =
            k.open_watch(endpoint_traits<End>::descriptor(end), which == asio::posix::descriptor_base::wait_write);
        if (opened.error != 0)
            return {opened.error, boost::system::system_category()};
        error_code error;
        watch_->assign(static_cast<int>(opened.bytes), error);
        if (error)
            k.close(static_cast<int>(opened.bytes));
        return error;
    }

    std::optional<asio::posix::basic_stream_descriptor<Executor>> watch_{};
};

/// A stream without a descriptor is never waited for.
template <class End, class Executor>
requires(!has_descriptor<End>) class waiter<End, Executor>
{};

} // namespace kernel_copy::inline v0::detail

#endif
