// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_SLOW_FILE_HPP
#define KERNEL_COPY_TEST_SUPPORT_SLOW_FILE_HPP

#include <chrono>
#include <cstdint>
#include <iomanip>
#include <istream>
#include <limits>
#include <ostream>
#include <string>

namespace test {

inline constexpr std::uint64_t never = std::numeric_limits<std::uint64_t>::max();

/// A file as fuse_server serves it. It holds content() of its size, or what its backing file holds; only then can
/// it be written.
///
/// direct_io keeps the page cache out of it: every read(2) asks the server and gets its answer. Without it the
/// kernel reads ahead and believes in sizes, so files that are short or lie want direct_io. sendfile(2) and splice(2)
/// go through the page cache all the same: they end at the reported size, or after the first short answer. Nothing
/// here can be read with RWF_NOWAIT, warm or not; a file system in an image on such a file can (see mounts.hpp).
struct slow_file
{
    std::string name = "file";
    std::uint64_t size = 0;              ///< of the backing file, if there is one
    std::uint64_t reported_size = never; ///< what stat(2) says; never: the truth
    std::uint64_t longest_read = never;  ///< a read gives no more bytes than this
    std::uint64_t error_from = never;    ///< reads from this offset on fail with EIO
    std::uint64_t gated_from = never;    ///< reads of bytes from this offset on wait for the gate
    bool direct_io = false;
    std::string backing{}; ///< the path of a file to read and write instead
};

/// What all files of one file system have in common.
struct slow_disk
{
    std::chrono::milliseconds delay{}; ///< of each 128 KiB, or less, that a read gives
    bool one_arm = false;              ///< reads wait for each other, as on one disk
};

inline constexpr std::uint64_t bytes_per_delay = 128 * 1024;

/// What the server says of a read that waits at the gate; the first one says that the server is ready.
struct gated_read
{
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
};

// As arguments of fuse_server.

inline std::ostream& operator<<(std::ostream& out, const slow_file& f)
{
    return out << std::quoted(f.name) << ' ' << f.size << ' ' << f.reported_size << ' ' << f.longest_read << ' '
               << f.error_from << ' ' << f.gated_from << ' ' << f.direct_io << ' ' << std::quoted(f.backing);
}
inline std::istream& operator>>(std::istream& in, slow_file& f)
{
    return in >> std::quoted(f.name) >> f.size >> f.reported_size >> f.longest_read >> f.error_from >> f.gated_from >>
           f.direct_io >> std::quoted(f.backing);
}

inline std::ostream& operator<<(std::ostream& out, const slow_disk& d)
{
    return out << d.delay.count() << ' ' << d.one_arm;
}
inline std::istream& operator>>(std::istream& in, slow_disk& d)
{
    std::chrono::milliseconds::rep delay = 0;
    in >> delay >> d.one_arm;
    d.delay = std::chrono::milliseconds{delay};
    return in;
}

} // namespace test

#endif
