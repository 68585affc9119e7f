// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_WAITER_HPP
#define KERNEL_COPY_DETAIL_WAITER_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/endpoint_concepts.hpp>
#include <kernel_copy/detail/kernel.hpp>

#include <boost/asio/append.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/socket_base.hpp>

#include <cerrno>
#include <optional>
#include <utility>

#if defined(BOOST_ASIO_HAS_POSIX_STREAM_DESCRIPTOR)
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#endif

namespace kernel_copy::inline v0::detail {

/// Waits for an end by Asio's own wait.
template <class End, class Executor>
class waiter
{
public:
    template <class Handler>
    void wait(End& end, asio::socket_base::wait_type which, Handler&& handler)
    {
        auto& object = endpoint_traits<End>::waiter(end);
        object.async_wait(which == asio::socket_base::wait_write ? object.wait_write : object.wait_read,
                          std::forward<Handler>(handler));
    }
};

#if defined(BOOST_ASIO_HAS_POSIX_STREAM_DESCRIPTOR)

/// Waits for a descriptor that Asio has no wait for (its pipes, a user's own types, what a file turned out to
/// be), through an epoll descriptor that is made at the first wait.
template <class End, class Executor>
requires(has_descriptor<End> && !has_waiter<End>) class waiter<End, Executor>
{
public:
    template <class Handler>
    void wait(End& end, asio::socket_base::wait_type which, Handler&& handler)
    {
        if (const error_code error = watch(end, which); error)
            return asio::post(end.get_executor(), asio::append(std::forward<Handler>(handler), error));
        watch_->async_wait(which_, std::forward<Handler>(handler));
    }

private:
    error_code watch(End& end, asio::socket_base::wait_type which)
    {
        if (watch_ && watch_->is_open())
            return {};
        if (!watch_)
            watch_.emplace(end.get_executor());
        kernel& k = current_kernel();
        bool for_writing = which == asio::socket_base::wait_write;
        const call_result opened = k.open_watch(endpoint_traits<End>::descriptor(end), for_writing);
        if (opened.error != 0)
            return errno_code(opened.error);
        which_ = for_writing ? asio::posix::descriptor_base::wait_write : asio::posix::descriptor_base::wait_read;
        error_code error;
        watch_->assign(static_cast<int>(opened.bytes), error);
        if (error)
            k.close(static_cast<int>(opened.bytes));
        return error;
    }

    std::optional<asio::posix::basic_stream_descriptor<Executor>> watch_{};
    asio::posix::descriptor_base::wait_type which_{};
};

#else

/// The descriptors here are those of files, which are always ready.
template <class End, class Executor>
requires(has_descriptor<End> && !has_waiter<End>) class waiter<End, Executor>
{
public:
    template <class Handler>
    void wait(End& end, asio::socket_base::wait_type, Handler&& handler)
    {
        asio::post(end.get_executor(), asio::append(std::forward<Handler>(handler), errno_code(EPERM)));
    }
};

#endif

/// A stream without a descriptor is never waited for.
template <class End, class Executor>
requires(!has_descriptor<End>) class waiter<End, Executor>
{};

} // namespace kernel_copy::inline v0::detail

#endif
