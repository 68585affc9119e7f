// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DISK_HPP
#define KERNEL_COPY_DISK_HPP

namespace kernel_copy::inline v0 {

/// Where calls run that may have to wait for a disk. A regular file is never "not ready": a call on a part of it that is
/// not in memory blocks its thread, and on the thread of an io_context everything else that runs there.
enum class disk : unsigned char
{
    /// Where the operation runs, whatever they wait for.
    inline_,
    /// What is in memory is sent from where the operation runs; what is not is read by a thread of disk_workers, and so
    /// is what is written to a file. What is in memory is asked of the kernel (cachestat(2), RWF_NOWAIT of preadv2(2)):
    /// for the next MiB, behind what was in memory for up to 8, and its answer is believed for 10 ms.
    when_cold,
    /// All reads from files and writes to files run on disk_workers.
    /// (Of both: where copy_options::methods leave a worker nothing to do, sendfile alone, it is as with inline_.)
    always
};

} // namespace kernel_copy::inline v0

#endif
