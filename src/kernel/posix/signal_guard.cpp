// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/signal_guard.hpp>

#include <atomic>
#include <cerrno>
#include <ctime>

#include <pthread.h>
#include <sys/resource.h>

namespace kernel_copy::inline v0::detail {

namespace {

constexpr int guarded[] = {SIGPIPE, SIGXFSZ};

/// How often it is still believed that SIGPIPE matters.
std::atomic<unsigned> belief{0};
constexpr unsigned strong_belief = 100;

bool ignored(int signal) noexcept
{
    struct sigaction now = {};
    return ::sigaction(signal, nullptr, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 && now.sa_handler == SIG_IGN;
}

} // namespace

signals_blocked::signals_blocked() noexcept
{
    sigset_t all;
    ::sigfillset(&all);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS})
        ::sigdelset(&all, fault);
    blocked_ = ::pthread_sigmask(SIG_SETMASK, &all, &before_) == 0;
}

signals_blocked::~signals_blocked()
{
    if (blocked_)
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

bool raised_signals_matter(end_kind sink) noexcept
{
    const bool may_be_file = sink == end_kind::regular_file || sink == end_kind::unknown;
    if (sink != end_kind::regular_file)
    {
        const bool matters = !ignored(SIGPIPE);
        belief.store(matters ? strong_belief : 0, std::memory_order_relaxed);
        if (matters)
            return true;
    }
    rlimit largest_file = {};
    const bool limited =
        may_be_file && (::getrlimit(RLIMIT_FSIZE, &largest_file) != 0 || largest_file.rlim_cur != RLIM_INFINITY);
    return limited && !ignored(SIGXFSZ);
}

bool signals_have_mattered() noexcept
{
    const unsigned left = belief.load(std::memory_order_relaxed);
    if (left != 0)
        belief.store(left - 1, std::memory_order_relaxed); // two threads may use one up together
    return left != 0;
}

void signal_guard::block() noexcept
{
    sigset_t both;
    ::sigemptyset(&both);
    for (const int signal : guarded)
        ::sigaddset(&both, signal);
    ::pthread_sigmask(SIG_BLOCK, &both, &mask_before_);
    armed_ = true;
    // One that the program itself blocks may already be pending, and is not ours to take.
    ::sigemptyset(&pending_before_);
    calls_ = 1;
    for (const int signal : guarded)
        if (::sigismember(&mask_before_, signal) == 1)
        {
            ::sigpending(&pending_before_);
            ++calls_;
            break;
        }
}

void signal_guard::note(const call_result& result, std::uint64_t asked) noexcept
{
    if (!armed_)
        return;
    if (result.error == EPIPE || result.error == EFBIG)
        raised_ = true;
    else if (result.error == 0 && result.bytes < asked)
        short_ = true;
    else if (failure_lasts_ && (result.error == 0 || result.error == EAGAIN))
        short_ = false;
}

unsigned signal_guard::disarm() noexcept
{
    armed_ = false;
    if (raised_ || short_)
    {
        sigset_t ours;
        ::sigemptyset(&ours);
        for (const int signal : guarded)
            if (::sigismember(&pending_before_, signal) != 1)
                ::sigaddset(&ours, signal);
        const timespec at_once = {.tv_sec = 0, .tv_nsec = 0};
        do
            ++calls_;
        while (::sigtimedwait(&ours, nullptr, &at_once) > 0 || errno == EINTR);
    }
    ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
    return calls_ + 1;
}

} // namespace kernel_copy::inline v0::detail
