// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_ENDPOINT_HPP
#define KERNEL_COPY_ENDPOINT_HPP

#include <kernel_copy/end_kind.hpp>

namespace kernel_copy::inline v0 {

/// How a type joins the fast path. Specialise it for a type of your own.
///
/// A type for which this is not specialised is used through its own async_read_some and async_write_some,
/// so that nothing it does there is bypassed. What Asio and this library bring is specialised already.
///
/// A type that *is* a descriptor has these static members:
///
/// | member | meaning |
/// |---|---|
/// | `constexpr end_kind kind` | what it is, if the type makes that certain: `stream_socket` or `pipe`. With any other fstat(2) is asked |
/// | `int descriptor(T&)` | the descriptor as it is now, -1 if closed. Asked again after every wait. |
/// | `constexpr bool readable`, `constexpr bool writable` | optional: false if it can't be a source, or a sink |
/// | `auto& waiter(T&)` | optional: an object with Asio's `async_wait` and `native_non_blocking` for this descriptor. Without it the library waits through an epoll descriptor of its own, and closing the descriptor does not end the wait. |
///
/// A type that *wraps* another has `next_layer`, and of the others those that apply. What it holds in memory
/// needs `held`, `peek` and `consume` together; a member of another form than this is a compile-time error.
///
/// | member | meaning |
/// |---|---|
/// | `auto& next_layer(T&)` | what it wraps |
/// | `std::uint64_t* limit(T&)`, `bool exact(T&)` | as a source: what remains of the bytes it lets through at most, or null; whether fewer are an error (optional) |
/// | `std::size_t held(T&)` | as a source: the bytes that it holds in memory and that go first |
/// | `asio::const_buffer peek(T&, asio::mutable_buffer scratch)` | as a source: the front of them, in place or copied to scratch |
/// | `void consume(T&, std::size_t n)` | as a source: drops the front of them; they have been delivered |
/// | `bool ends(T&)` | as a source, optional: nothing follows what it holds in memory; the source has said so before |
/// | `constexpr bool needs_scratch` | as a source, optional: peek() copies |
/// | `std::size_t flush(T&, error_code&)` | as a sink: writes its own buffer out as far as that is possible without blocking; `would_block` while some is left |
///
/// A wrapper is bypassed only if a descriptor is what it leads to in the end.
///
/// The type also has `get_executor()`. These are called in the initiating function and on the operation's executor.
template <class T>
struct endpoint_traits
{};

} // namespace kernel_copy::inline v0

#endif
