// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_ASIO_ENDPOINTS_HPP
#define KERNEL_COPY_DETAIL_ASIO_ENDPOINTS_HPP

#include <kernel_copy/detail/endpoint_concepts.hpp>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/buffered_read_stream_fwd.hpp>
#include <boost/asio/buffered_stream_fwd.hpp>
#include <boost/asio/buffered_write_stream_fwd.hpp>

#include <algorithm>
#include <array>
#include <functional>

#if defined(BOOST_ASIO_HAS_POSIX_STREAM_DESCRIPTOR)
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#if defined(BOOST_ASIO_HAS_PIPE)
#include <boost/asio/basic_readable_pipe.hpp>
#include <boost/asio/basic_writable_pipe.hpp>
#endif
#if defined(BOOST_ASIO_HAS_FILE)
#include <boost/asio/basic_random_access_file.hpp>
#include <boost/asio/basic_stream_file.hpp>
#endif
#endif

namespace kernel_copy::inline v0 {

namespace detail {

template <class T, end_kind Kind>
struct descriptor_endpoint
{
    static constexpr end_kind kind = Kind;
    static int descriptor(T& t) { return t.is_open() ? t.native_handle() : -1; }
};

template <class T, end_kind Kind>
struct waitable_endpoint : descriptor_endpoint<T, Kind>
{
    static T& waiter(T& t) noexcept { return t; }
};

/// The read buffer of Asio's buffered streams, seen through their public functions: none of these touches the
/// next layer, because each is called only while bytes are there.
template <class T>
struct read_buffer_endpoint
{
    static constexpr bool needs_scratch = true;

    static std::size_t held(T& t)
    {
        error_code ignored;
        return t.in_avail(ignored);
    }

    static asio::const_buffer peek(T& t, asio::mutable_buffer scratch)
    {
        error_code ignored;
        return asio::buffer(asio::const_buffer{scratch}, t.peek(scratch, ignored));
    }

    static void consume(T& t, std::size_t n)
    {
        std::array<std::byte, 1024> dropped;
        error_code ignored;
        while (n != 0)
            n -= t.read_some(asio::buffer(dropped, n), ignored);
    }
};

template <class T>
concept has_non_blocking = requires(T& t, error_code& error)
{
    t.non_blocking(true, error);
    t.native_non_blocking(true, error);
};

/// The write buffer of Asio's buffered streams. For the time of the call the stream below is non-blocking for
/// its user as well, so that flush() gives up instead of waiting.
template <class T>
struct write_buffer_endpoint
{
    static std::size_t flush(T& t, error_code& error)
    {
        auto& lowest = t.lowest_layer();
        const bool before = lowest.non_blocking();
        error_code ignored;
        if (!before)
            lowest.non_blocking(true, ignored);
        const std::size_t flushed = t.flush(error);
        if (!before)
        {
            lowest.non_blocking(false, ignored);
            lowest.native_non_blocking(true, ignored); // which the line above has taken back
        }
        return flushed;
    }
};

} // namespace detail

// Elsewhere all that is not a file is a stream, and is read and written by its own functions.
#if defined(BOOST_ASIO_HAS_POSIX_STREAM_DESCRIPTOR)

template <class Protocol, class Executor>
struct endpoint_traits<boost::asio::basic_stream_socket<Protocol, Executor>>
    : detail::waitable_endpoint<boost::asio::basic_stream_socket<Protocol, Executor>, end_kind::stream_socket>
{};

template <class Executor>
struct endpoint_traits<boost::asio::posix::basic_stream_descriptor<Executor>>
    : detail::waitable_endpoint<boost::asio::posix::basic_stream_descriptor<Executor>, end_kind::unknown>
{};

#if defined(BOOST_ASIO_HAS_PIPE)
template <class Executor>
struct endpoint_traits<boost::asio::basic_readable_pipe<Executor>>
    : detail::descriptor_endpoint<boost::asio::basic_readable_pipe<Executor>, end_kind::pipe>
{
    static constexpr bool writable = false;
};

template <class Executor>
struct endpoint_traits<boost::asio::basic_writable_pipe<Executor>>
    : detail::descriptor_endpoint<boost::asio::basic_writable_pipe<Executor>, end_kind::pipe>
{
    static constexpr bool readable = false;
};
#endif

#if defined(BOOST_ASIO_HAS_FILE)
template <class Executor>
struct endpoint_traits<boost::asio::basic_stream_file<Executor>>
    : detail::descriptor_endpoint<boost::asio::basic_stream_file<Executor>, end_kind::unknown>
{};

/// A random_access_file has no position for those who read it, and is a source only inside file_range(). It is written
/// at its descriptor's position, which Asio itself neither uses nor moves.
template <class Executor>
struct endpoint_traits<boost::asio::basic_random_access_file<Executor>>
    : detail::descriptor_endpoint<boost::asio::basic_random_access_file<Executor>, end_kind::unknown>
{
    static constexpr bool needs_position = true;
};
#endif

#endif

template <class Stream>
struct endpoint_traits<boost::asio::buffered_read_stream<Stream>>
    : detail::read_buffer_endpoint<boost::asio::buffered_read_stream<Stream>>
{
    static auto& next_layer(boost::asio::buffered_read_stream<Stream>& t) { return t.next_layer(); }
};

template <class Stream>
requires detail::has_non_blocking<typename boost::asio::buffered_write_stream<Stream>::lowest_layer_type>
struct endpoint_traits<boost::asio::buffered_write_stream<Stream>>
    : detail::write_buffer_endpoint<boost::asio::buffered_write_stream<Stream>>
{
    static auto& next_layer(boost::asio::buffered_write_stream<Stream>& t) { return t.next_layer(); }
};

template <class Stream>
requires detail::has_non_blocking<typename boost::asio::buffered_stream<Stream>::lowest_layer_type>
struct endpoint_traits<boost::asio::buffered_stream<Stream>>
    : detail::read_buffer_endpoint<boost::asio::buffered_stream<Stream>>,
      detail::write_buffer_endpoint<boost::asio::buffered_stream<Stream>>
{
    static auto& next_layer(boost::asio::buffered_stream<Stream>& t) { return t.next_layer(); }
};

template <class T>
struct endpoint_traits<std::reference_wrapper<T>>
{
    static constexpr bool is_view = true;
    static T& next_layer(std::reference_wrapper<T>& t) noexcept { return t.get(); }
};

} // namespace kernel_copy::inline v0

#endif
