// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_FILES_DISKS_HPP
#define KERNEL_COPY_TEST_BENCHMARK_FILES_DISKS_HPP

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace benchmark::files {

/// A file system that is mounted for the benchmark, and seen by its processes only.
class disk
{
public:
    disk() = default;
    disk(const disk&) = delete;
    disk& operator=(const disk&) = delete;
    virtual ~disk() = default;

    [[nodiscard]] virtual std::string path(const std::string& name) const = 0;
};

/// Why they can't be had here; empty if they can.
std::string why_no_btrfs();
std::string why_no_slow_disk();

/// An empty btrfs in a file of the directory.
std::unique_ptr<disk> make_btrfs(const std::filesystem::path& directory, std::uint64_t size);

/// Files "0" to "count - 1", of the same size, none of them in memory yet. Reading takes 20 ms each 128 KiB; several
/// reads at a time do not wait for each other.
std::unique_ptr<disk> make_slow_fuse(unsigned count, std::uint64_t file_size);
/// The same, on an ext4 on a loop device, which lies in a file of such a file system.
void make_ext4_image(const std::filesystem::path& image, unsigned count, std::uint64_t file_size);
std::unique_ptr<disk> make_slow_ext4(const std::filesystem::path& image);

} // namespace benchmark::files

#endif
