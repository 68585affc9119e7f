// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/errno_policy.hpp>

#include <cerrno>

namespace kernel_copy::inline v0::detail {

namespace {

verdict judge_copy_file_range(int error) noexcept
{
    switch (error)
    {
    case ENOSYS:     // Linux before 4.5
    case EPERM:      // a seccomp filter, or an immutable file
    case EOPNOTSUPP: // several kernels and file systems that have the call only by name
        return verdict::probe;
    case EOVERFLOW: // position plus length is beyond what an offset can say
    case EXDEV:     // two file systems, on most kernels
    case EINVAL:    // not two regular files after all
    case EBADF:     // O_APPEND sink; a descriptor that is really bad fails again in the next method
    case EACCES:    // the last three: FUSE, CIFS and Ceph refuse the copy on the server, not the file
    case ENOENT:
    case ETXTBSY:
        return verdict::hand_over;
    default:
        return verdict::fail;
    }
}

verdict judge_sendfile(int error) noexcept
{
    switch (error)
    {
    case EAGAIN:
        return verdict::wait;
    case ENOSYS:
    case EPERM: // a seccomp filter, or a write-sealed memfd as the sink
        return verdict::probe;
    case EINVAL:    // a source that can't be mapped, an O_APPEND sink
    case EOVERFLOW: // position plus length is beyond what an offset can say
        return verdict::hand_over;
    default:
        return verdict::fail;
    }
}

verdict judge_splice(int error) noexcept
{
    switch (error)
    {
    case EAGAIN:
        return verdict::wait;
    case ENOSYS:
    case EPERM:
        return verdict::probe;
    case EINVAL: // no pipe at either end, a file without splice, an O_APPEND sink, a kTLS control record
        return verdict::hand_over;
    default:
        return verdict::fail;
    }
}

} // namespace

verdict judge(method by, const error_code& error) noexcept
{
    const int number = errno_of(error);
    switch (by)
    {
    case method::copy_file_range:
        return judge_copy_file_range(number);
    case method::sendfile:
        return judge_sendfile(number);
    case method::splice:
    case method::splice_through_pipe:
        return judge_splice(number);
    default:
        break;
    }
    return number == EAGAIN ? verdict::wait : verdict::fail;
}

} // namespace kernel_copy::inline v0::detail
