// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_ASYNC_KERNEL_RELAY_HPP
#define KERNEL_COPY_ASYNC_KERNEL_RELAY_HPP

#include <kernel_copy/async_kernel_copy.hpp>
#include <kernel_copy/detail/relay_op.hpp>
#include <kernel_copy/relay_options.hpp>

#include <concepts>
#include <type_traits>
#include <utility>

namespace kernel_copy::inline v0 {

namespace detail {

template <class Executor>
class initiate_relay
{
public:
    using executor_type = Executor;
    explicit initiate_relay(const Executor& executor) : executor_{executor} {}
    [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }

    template <class Handler, class A, class B>
    void operator()(Handler&& handler, holder<A> a, holder<B> b, const relay_options& options) const
    {
        std::decay_t<Handler> own{std::forward<Handler>(handler)}; // the caller may keep theirs
        relay_op<std::decay_t<Handler>, A, B>::launch(own, std::move(a), std::move(b), options);
    }

private:
    Executor executor_;
};

template <class End>
constexpr bool check_relay_end()
{
    using end = std::remove_cvref_t<End>;
    constexpr bool is_mutable = !std::is_const_v<std::remove_reference_t<End>>;
    static_assert(is_mutable, "async_kernel_relay: an end must not be const");
    static_assert(copy_source<end>,
                  "async_kernel_relay: an end must be a descriptor that Asio or endpoint_traits knows, a view of one, "
                  "or an AsyncReadStream");
    constexpr bool has_two_ways = !needs_position_and_has_none<end>() && !has_position_layer<end>();
    static_assert(has_two_ways, "async_kernel_relay: a file_range or a random_access_file has no other direction");
    static_assert(copy_sink<without_views_t<end>>,
                  "async_kernel_relay: an end must be writable: a descriptor that Asio or endpoint_traits knows, or an "
                  "AsyncWriteStream");
    return is_mutable && copy_source<end> && has_two_ways && copy_sink<without_views_t<end>>;
}

} // namespace detail

/// A handler that takes `(error_code, relay_result)`, or anything else that stands for one: use_awaitable, use_future,
/// deferred and so on.
template <class T>
concept relay_token = boost::asio::completion_token_for<T, void(error_code, relay_result)>;

/// Copies both ways between two ends until both have ended: a proxy's work, as one operation.
///
/// Each direction is a copy as async_kernel_copy makes it. Between two sockets it adapts: small messages are passed
/// on through a buffer that the thread lends, bulk is spliced through a pipe of the context's pipe_pool, and a
/// direction that waits for its source holds neither. Where an end has no descriptor, a TLS stream for one, its own
/// async_read_some and async_write_some are used, with one buffer read ahead while the other is written.
///
/// When a source ends, all of its bytes are delivered, and then its end is carried over to the other side: by
/// shutdown(2) of its sending half for a socket, by `async_shutdown` for a stream that has one (TLS), by
/// `shutdown(shutdown_send)` of the stream or of its `socket()` for others; what has no half-close (a terminal, a
/// pipe) sees none. The other direction goes on until it ends too.
///
/// @param a,b Two ends that can be read and written: stream sockets, posix::stream_descriptor, Asio's buffered
/// streams, TLS and Beast streams, a type with endpoint_traits; not necessarily of one kind. prefixed(), take() and
/// exactly() around one apply to what is read from it: `prefixed(sniffed, client)` passes on first what has been read.
/// @param options See relay_options.
/// @param token A completion token for `void(error_code, relay_result)`: no error if both ends have ended and all
/// was delivered, otherwise the first; and, for each direction, the bytes delivered and its own error.
///
/// @par When it ends early
/// - A source fails (a reset): the other direction takes no more, delivers what it has taken, and ends.
/// - A sink fails: what has already arrived from that peer (an early answer) is still passed on, but not waited for.
/// - Nothing moves for options.idle_timeout, or for options.half_close_timeout once one direction has ended:
///   asio::error::timed_out. Both count from the last byte, in either direction, that was taken or delivered.
/// The ends stay open; to close them, or to reset them so that no peer takes a part for the whole, is the caller's.
///
/// @par Lifetimes
/// As for async_kernel_copy: lvalues are held by reference and must outlive the operation, rvalues are moved into it.
/// Neither end may be used by others meanwhile.
///
/// @par Executor
/// The handler's associated executor, by default that of `a`; work is kept on that of `b` as well. Nothing completes
/// inside the initiating function, but by the handler's immediate executor, as for async_kernel_copy. On a context that
/// several threads run the relay's own handlers never run at once, so that sockets need no strand; a TLS stream, whose
/// operations have steps of their own, needs one as always.
///
/// @par Per-operation cancellation
/// As for async_kernel_copy, for both directions together: `total` until the first byte is taken, `partial` delivers
/// what is in flight, `terminal` ends at once. A stream's own read that honours `terminal` only, as that of Asio's TLS
/// streams does, is waited for after a `partial` request. Where an end has no descriptor its own read may still bring
/// bytes when `total` ends the other direction: the counts of the result, and a residue, say so.
///
/// @par Errors, side effects, thread safety
/// Those of async_kernel_copy.
///
/// @par Example
/// @code
/// auto result = co_await async_kernel_relay(client, upstream, {.idle_timeout = 60s, .half_close_timeout = 10s},
///                                           use_awaitable);
/// @endcode
template <class A, class B, relay_token Token = detail::default_token_t<A>>
auto async_kernel_relay(A&& a, B&& b, const relay_options& options, Token&& token = Token{})
{
    if constexpr (detail::check_relay_end<A>() && detail::check_relay_end<B>())
    {
        const auto executor = detail::executor_of(a); // before it is moved from
        return boost::asio::async_initiate<Token, void(error_code, relay_result)>(
            detail::initiate_relay{executor}, token, detail::holder<A>{std::forward<A>(a)},
            detail::holder<B>{std::forward<B>(b)}, options);
    }
}

/// The same with default options.
template <class A, class B, relay_token Token = detail::default_token_t<A>>
requires(!std::convertible_to<Token, const relay_options&>) auto async_kernel_relay(A&& a, B&& b,
                                                                                    Token&& token = Token{})
{
    return async_kernel_relay(std::forward<A>(a), std::forward<B>(b), relay_options{}, std::forward<Token>(token));
}

} // namespace kernel_copy::inline v0

#endif
