// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_ASYNC_KERNEL_COPY_HPP
#define KERNEL_COPY_ASYNC_KERNEL_COPY_HPP

#include <kernel_copy/detail/asio_endpoints.hpp>
#include <kernel_copy/detail/copy_op.hpp>
#include <kernel_copy/detail/whole_copy.hpp>
#include <kernel_copy/options.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kernel_copy::inline v0 {

namespace detail {

/// What is no source has the token of any executor, so that the compiler comes to say what is wrong with it.
template <class Source>
struct default_token : boost::asio::default_completion_token<boost::asio::any_io_executor>
{};
template <copy_source Source>
struct default_token<Source> : boost::asio::default_completion_token<executor_of_t<Source>>
{};

template <class Source>
using default_token_t = typename default_token<std::remove_cvref_t<Source>>::type;

/// Says what is wrong, if something is; nothing else is compiled then.
template <class Source, class Sink>
constexpr bool check_ends()
{
    using source = std::remove_cvref_t<Source>;
    using sink = std::remove_cvref_t<Sink>;
    constexpr bool is_mutable =
        !std::is_const_v<std::remove_reference_t<Source>> && !std::is_const_v<std::remove_reference_t<Sink>>;
    static_assert(is_mutable, "async_kernel_copy: source and sink must not be const");
    static_assert(copy_source<source>,
                  "async_kernel_copy: the source must be a descriptor that Asio or endpoint_traits knows, a view of "
                  "one, or an AsyncReadStream");
    constexpr bool has_position = !needs_position_and_has_none<source>();
    static_assert(has_position,
                  "async_kernel_copy: a random_access_file has no position; use file_range(file, offset[, length])");
    constexpr bool is_no_view = !has_source_only_layer<sink>();
    static_assert(is_no_view,
                  "async_kernel_copy: take, exactly, prefixed and file_range are views of a source, not of a sink");
    static_assert(copy_sink<sink> || !is_no_view,
                  "async_kernel_copy: the sink must be a descriptor that Asio or endpoint_traits knows, or an "
                  "AsyncWriteStream");
    return is_mutable && copy_source<source> && has_position && copy_sink<sink>;
}

template <class Executor>
class initiate_copy
{
public:
    using executor_type = Executor;
    explicit initiate_copy(const Executor& executor) : executor_{executor} {}
    [[nodiscard]] executor_type get_executor() const noexcept { return executor_; }

    template <class Handler, class Source, class Sink>
    void operator()(Handler&& handler, holder<Source> source, holder<Sink> sink, const copy_options& options) const
    {
        using own_handler = std::decay_t<Handler>;
        own_handler own{std::forward<Handler>(handler)}; // the caller may keep theirs
        using copy_type = copy_op<own_handler, Source, Sink>;
        typename copy_type::work_type work{executor_, executor_of(sink.get()),
                                           boost::asio::get_associated_executor(own, executor_)};
        if constexpr (may_go_whole<std::remove_cvref_t<Source>, std::remove_cvref_t<Sink>>)
            whole_copy<own_handler, Source, Sink>::launch(own, std::move(source), std::move(sink), std::move(work),
                                                          options);
        else
            copy_type::launch(own, std::move(source), std::move(sink), std::move(work), options, parked_pump{});
    }

private:
    Executor executor_;
};

} // namespace detail

/// A handler that takes `(error_code, std::uint64_t)`, or anything else that stands for one: use_awaitable, use_future,
/// deferred and so on.
template <class T>
concept copy_token = boost::asio::completion_token_for<T, void(error_code, std::uint64_t)>;

/// Copies from a source to a sink until the source ends, inside the kernel where that is possible.
///
/// Bytes that views and buffered streams hold in memory go first, in order; a buffered sink is flushed before
/// them. Then copy_file_range(2), sendfile(2) or splice(2), or splice(2) through a pipe of the context's
/// pipe_pool, move the rest, as the table says; a method that turns out not to work hands over to the next, which
/// goes on where it stopped. Between two sockets small messages go through a buffer and bulk through a pipe, as the
/// source gives it; while such a copy waits for its source it holds neither.
///
/// | source, sink | regular file | stream socket | pipe, FIFO | other device |
/// |---|---|---|---|---|
/// | regular file with content | copy_file_range, sendfile, buffer | sendfile*, buffer | splice*, buffer | sendfile, buffer |
/// | file of size 0 (procfs) | buffer | buffer | buffer | buffer |
/// | block device | sendfile, buffer | sendfile*, buffer | splice*, buffer | sendfile, buffer |
/// | stream socket | splice through a pipe, buffer | buffer and splice through a pipe, by turns | splice, buffer | buffer |
/// | pipe, FIFO | splice, buffer | splice, buffer | splice, buffer | splice, buffer |
/// | terminal, other device | buffer | buffer | splice*, buffer | buffer |
/// | any other stream at either end | async_read_some and async_write_some ||||
///
/// (*) Not with page_sharing::forbid. What of a file is not in memory is spliced into a pipe of the pipe_pool by a
/// worker while another is drained, or, if method::splice_through_pipe is not allowed or no pipe to be had, read into a
/// buffer. A small range goes to a socket by one read and one send, together with what a view holds before it; a range of
/// up to a turn, of a kernel_copy::file that an earlier copy has looked at, by one sendfile: in the initiating function, if
/// the socket takes it. A sink opened with O_APPEND is written through the buffer.
///
/// @param source What is read: a stream socket, posix::stream_descriptor, readable_pipe, stream_file,
/// kernel_copy::file, file_range(); buffered_read_stream, buffered_write_stream or buffered_stream around one;
/// take(), exactly() or prefixed() around any of these, nested in any order; std::reference_wrapper of one; a
/// type with endpoint_traits; or any AsyncReadStream.
/// @param sink What is written: the same without the views; a random_access_file, at the position of its descriptor (the
/// beginning, or where lseek(2) or the last copy has left it), which its own async_write_some_at does not use; or any
/// AsyncWriteStream.
/// @param options See copy_options.
/// @param token A completion token for `void(error_code, std::uint64_t)`: the bytes delivered to the sink,
/// also when there is an error. They include what was drained from memory at the source, and not what a
/// buffered sink already held. The end of the source is success.
///
/// @par Lifetimes
/// Lvalues are held by reference and must outlive the operation, as must the objects that views refer to and
/// options.monitor, options.residue and options.disk_executor, and the contexts of both ends; rvalues are moved into it. An
/// end may be closed at any time. It may be destroyed only while a wait for it is known not to be over: as with Asio's
/// own operations, what goes on after the wait uses it. Neither end may be read, written, or used as that end of another
/// operation meanwhile; the source may be written and the sink read (a relay is two copies). What a view says of itself
/// (limit(), offset()) is exact when no copy of it is under way; until then options.monitor tells.
///
/// @par Executor
/// The handler's associated executor, by default the source's; work is kept on the sink's as well. Nothing completes
/// inside the initiating function, or in one that emits a cancellation signal; but what is over when it is begun goes by
/// the handler's immediate executor, if it has one (Boost 1.82 and newer). The first system calls are made in the
/// initiating function. At most options.turn_budget bytes move before other handlers of the executor get their turn.
/// An associated allocator is used there and in the initiating function: at once, if that runs beside the executor.
///
/// @par Disks
/// What may have to wait for a disk runs on a thread of the context's disk_workers, or on options.disk_executor, as
/// kernel_copy::disk says: reads of what is not in memory, all writes to files, and all of a copy from file to file,
/// which clones extents and keeps holes where the file systems can (ioctl_ficlonerange(2), lseek(2)). A worker's call
/// is waited for on every outcome; it uses duplicates of descriptors (F_DUPFD_CLOEXEC) of files, and of the pipe that is
/// written to one, never a socket. What fstat(2) and the flush of a sink's own buffer wait for, they wait for in the
/// operation's thread.
/// A context made with BOOST_ASIO_CONCURRENCY_HINT_UNSAFE hears no other threads, and needs disk::inline_.
///
/// @par Per-operation cancellation
/// - `total`: honoured until the first byte is taken, ignored after that.
/// - `partial`: takes no more, delivers what is in flight, completes with operation_aborted. A stream's own
///   read that does not honour it is waited for, and what it brings is delivered.
/// - `terminal`: completes with operation_aborted as soon as the present call ends. What was taken and not delivered
///   goes to options.residue; monitor::in_flight says how much it is.
/// A worker's call (a fraction of a second on most disks) is not interrupted. Closing a socket or stream_descriptor
/// ends a wait for it with operation_aborted, also one that is over and whose handler is still queued, if it is still
/// closed then: an end is opened anew in the copy's handler at the earliest.
///
/// @par Errors
/// Those of the system calls as they are, without EAGAIN and EINTR; those of errc; those of the streams'
/// own functions. EISDIR for a directory, EBADF for an end that is closed or not open for this direction,
/// EINVAL for a range or an option that can't be. If an end is refused before the start, nothing was moved.
///
/// @par Side effects
/// Descriptors become non-blocking (O_NONBLOCK) and stay so, as with any asynchronous operation of Asio; that is
/// shared with other processes that have the same open file. File positions end right behind the last byte
/// delivered; a file_range moves none. What was read from a file and could not be delivered is given back; what was
/// taken from another source and could not is put into options.residue, on every error and every cancellation. Limits
/// of views are exact. SIGPIPE and SIGXFSZ of the library's own calls never reach the program. A worker's duplicate of a
/// descriptor is closed at the end: with that go the locks of fcntl(F_SETLK) that the process holds on the file
/// (fcntl(2)); those of F_OFD_SETLK and flock(2) stay.
///
/// @par Thread safety
/// As for other asynchronous operations: the ends are shared objects while it runs, to be used from one
/// strand. Operations on distinct ends are independent.
///
/// @par Example
/// @code
/// std::uint64_t n = co_await async_kernel_copy(file, socket, use_awaitable);
/// co_await async_kernel_copy(exactly(socket, content_length), file, use_awaitable);
/// @endcode
template <class Source, class Sink, copy_token Token = detail::default_token_t<Source>>
auto async_kernel_copy(Source&& source, Sink&& sink, const copy_options& options, Token&& token = Token{})
{
    if constexpr (detail::check_ends<Source, Sink>())
    {
        const auto executor = detail::executor_of(source); // before it is moved from
        return boost::asio::async_initiate<Token, void(error_code, std::uint64_t)>(
            detail::initiate_copy{executor}, token, detail::holder<Source>{std::forward<Source>(source)},
            detail::holder<Sink>{std::forward<Sink>(sink)}, options);
    }
}

/// The same with default options.
template <class Source, class Sink, copy_token Token = detail::default_token_t<Source>>
requires(!std::convertible_to<Token, const copy_options&>) auto async_kernel_copy(Source&& source, Sink&& sink,
                                                                                  Token&& token = Token{})
{
    return async_kernel_copy(std::forward<Source>(source), std::forward<Sink>(sink), copy_options{},
                             std::forward<Token>(token));
}

} // namespace kernel_copy::inline v0

#endif
