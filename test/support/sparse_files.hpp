// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_SPARSE_FILES_HPP
#define KERNEL_COPY_TEST_SUPPORT_SPARSE_FILES_HPP

#include "content.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace test {

/// A file that has data in some places only.
struct sparse_layout
{
    struct extent
    {
        std::uint64_t begin = 0;
        std::uint64_t length = 0;
    };

    std::uint64_t size = 0;
    std::vector<extent> data{};

    /// What it reads as.
    [[nodiscard]] std::string bytes() const
    {
        std::string all(size, '\0');
        for (const extent& e : data)
            all.replace(e.begin, e.length, content(e.length, e.begin));
        return all;
    }

    void write(const std::string& path) const
    {
        const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        BOOST_REQUIRE(fd != -1);
        BOOST_REQUIRE(::ftruncate(fd, static_cast<off_t>(size)) == 0);
        for (const extent& e : data)
        {
            const std::string piece = content(e.length, e.begin);
            BOOST_REQUIRE(::pwrite(fd, piece.data(), piece.size(), static_cast<off_t>(e.begin)) ==
                          static_cast<ssize_t>(piece.size()));
        }
        ::close(fd);
    }
};

inline struct stat status_of(const std::string& path)
{
    struct stat st = {};
    BOOST_REQUIRE(::stat(path.c_str(), &st) == 0);
    return st;
}

/// Bytes that a file has on its disk.
inline std::uint64_t allocated(const std::string& path)
{
    return static_cast<std::uint64_t>(status_of(path).st_blocks) * 512;
}

inline std::uint64_t size_of(const std::string& path)
{
    return static_cast<std::uint64_t>(status_of(path).st_size);
}

/// Of a file's first extents, the bytes that it shares with others (FIEMAP_EXTENT_SHARED).
inline std::uint64_t shared_bytes(const std::string& path)
{
    constexpr std::size_t most = 256;
    std::vector<char> memory(sizeof(fiemap) + most * sizeof(fiemap_extent));
    fiemap map; // its last member is an array of no length, which clang++ does not initialise
    std::memset(&map, 0, sizeof map);
    map.fm_length = FIEMAP_MAX_OFFSET;
    map.fm_flags = FIEMAP_FLAG_SYNC;
    map.fm_extent_count = most;
    std::memcpy(memory.data(), &map, sizeof map);
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    BOOST_REQUIRE(fd != -1);
    BOOST_REQUIRE(::ioctl(fd, FS_IOC_FIEMAP, memory.data()) == 0);
    ::close(fd);
    std::memcpy(&map, memory.data(), sizeof map);
    std::uint64_t shared = 0;
    for (std::size_t i = 0; i != map.fm_mapped_extents; ++i)
    {
        fiemap_extent e = {};
        std::memcpy(&e, memory.data() + sizeof map + i * sizeof e, sizeof e);
        shared += (e.fe_flags & FIEMAP_EXTENT_SHARED) != 0 ? e.fe_length : 0;
    }
    return shared;
}

} // namespace test

#endif
