// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_INJECTIONS_HPP
#define KERNEL_COPY_TEST_SUPPORT_INJECTIONS_HPP

#include <support/engine_run.hpp>

#include <array>
#include <cerrno>

namespace kernel_copy::test {

// What can happen in place of an honest answer. Each of these answers the action that is answerable on a side, and
// gives false, without a step, where that can't happen to it.

/// Errnos that mean something to one method or another, and some that mean nothing to any.
inline constexpr std::array failures{EIO,       EPIPE, ECONNRESET, ENOSPC, EINVAL,     ENOSYS, EPERM,
                                     EOVERFLOW, EXDEV, EBADF,      EAGAIN, EOPNOTSUPP, ENOMEM, ECANCELED};
inline constexpr std::array stops{stop_request::total, stop_request::dry, stop_request::partial,
                                  stop_request::terminal};

/// Pauses and questions fail in their own ways, and files are always ready.
bool fail(copy_run& run, call_side side, int error);
/// `truly`: it has ended; else it only says so, as file systems do whose reads are short.
bool give_nothing(copy_run& run, call_side side, bool truly);
/// A request ends a wait, and a stream's own function; of another call, which went as `how` says, it is seen
/// afterwards.
void see_stop(copy_run& run, call_side side, event how, stop_request stop);

} // namespace kernel_copy::test

#endif
