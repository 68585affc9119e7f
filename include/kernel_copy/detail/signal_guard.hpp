// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_SIGNAL_GUARD_HPP
#define KERNEL_COPY_DETAIL_SIGNAL_GUARD_HPP

#include <kernel_copy/detail/kernel.hpp>

#include <csignal>

namespace kernel_copy::inline v0::detail {

#if defined(_WIN32)
struct signal_mask
{}; // no call raises a signal
#else
using signal_mask = sigset_t;
#endif

/// Blocks all signals but those by which the kernel tells a thread of its own fault: blocked, they would kill the program
/// past its handlers. For the time that this lives, and for good in the threads that are started meanwhile.
class signals_blocked
{
public:
    signals_blocked() noexcept;
    signals_blocked(const signals_blocked&) = delete;
    signals_blocked& operator=(const signals_blocked&) = delete;
    ~signals_blocked();

    /// Could they be?
    explicit operator bool() const noexcept { return blocked_; }

private:
    signal_mask before_;
    bool blocked_;
};

/// Could a write to such a sink raise a signal that does something? Only a file raises SIGXFSZ, and only where
/// RLIMIT_FSIZE is set; everything else raises SIGPIPE; and a signal that the program ignores does nothing.
/// Makes one to three system calls; the monitor counts one.
[[nodiscard]] bool raised_signals_matter(end_kind sink) noexcept;

/// Did those matter that a socket raises, when that was last asked, by any thread? They may not do any more: to guard
/// against them costs one call more than to ask, so that it is to be asked again now and then.
[[nodiscard]] bool signals_have_mattered() noexcept;

/// Keeps SIGPIPE and SIGXFSZ that the library's own calls raise away from the program.
///
/// sendfile(2), splice(2) and write(2) raise SIGPIPE, and no flag stops them; writing beyond RLIMIT_FSIZE
/// raises SIGXFSZ. Both are sent to the calling thread. While it is armed the guard blocks them in this
/// thread; at its end it takes one away that has been raised since, and restores the mask. That is two calls
/// a turn, none a transfer; a third only where a signal may really be pending, or where the program blocks one itself.
class signal_guard
{
public:
    /// `failure_lasts`: a sink that has raised the signal once can never be written again, as a socket.
    explicit signal_guard(bool failure_lasts) noexcept : failure_lasts_{failure_lasts} {}
    signal_guard(const signal_guard&) = delete;
    signal_guard& operator=(const signal_guard&) = delete;
    ~signal_guard() { release(); }

    /// Before the first call that may raise a signal.
    void arm() noexcept
    {
        if (!armed_)
            block();
    }

    /// After each such call. A short count may hide an EPIPE that raised the signal all the same. Where that
    /// lasts, a later call that is not short, or finds the sink not ready, shows that there was none.
    void note(const call_result& result, std::uint64_t asked) noexcept;

    /// Ends the guard; gives the number of system calls that it has made.
    unsigned release() noexcept { return armed_ ? disarm() : 0; }

private:
    void block() noexcept;
    unsigned disarm() noexcept;

    bool failure_lasts_;
    bool armed_ = false;
    bool raised_ = false;     ///< a call said so
    bool short_ = false;      ///< a call was short
    unsigned calls_ = 0;      ///< made since it was armed
    signal_mask mask_before_; ///< both are set when it is armed
    signal_mask pending_before_;
};

} // namespace kernel_copy::inline v0::detail

#endif
