// Distributed under the Boost Software License, Version 1.0.
#include "file_system.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <sstream>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace kernel_copy::inline v0::detail {

namespace {

// A device's number, and one more bit: is it FUSE? 0 is no device.
using entry = std::atomic<std::uint64_t>;

std::array<entry, 64>& known_devices()
{
    static std::array<entry, 64> table{};
    return table;
}

// proc_pid_mountinfo(5): of a line the third word is the device, the first after " - " the type.
bool is_mounted_as_fuse(const std::string& device)
{
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> mounts{std::fopen("/proc/self/mountinfo", "re"), std::fclose};
    std::string text;
    char piece[4096];
    for (std::size_t n = 1; mounts != nullptr && n != 0;)
    {
        n = std::fread(piece, 1, sizeof piece, mounts.get());
        text.append(piece, n);
    }
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);)
    {
        const std::size_t type = line.find(" - ");
        const std::size_t third = line.find(' ', line.find(' ') + 1) + 1;
        if (type != std::string::npos && line.compare(third, device.size() + 1, device + ' ') == 0)
            return line.compare(type + 3, 4, "fuse") == 0;
    }
    return false;
}

} // namespace

bool is_on_fuse(int file)
{
    struct statx status = {};
    if (::statx(file, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, 0, &status) != 0)
        return false;
    const std::uint64_t number = (std::uint64_t{status.stx_dev_major} << 32 | status.stx_dev_minor) + 1;
    entry& known = known_devices()[static_cast<std::size_t>(number % known_devices().size())];
    if (const std::uint64_t found = known.load(std::memory_order_relaxed); found >> 1 == number)
        return (found & 1) != 0;
    const bool is_fuse =
        is_mounted_as_fuse(std::to_string(status.stx_dev_major) + ':' + std::to_string(status.stx_dev_minor));
    known.store(number << 1 | (is_fuse ? 1 : 0), std::memory_order_relaxed);
    return is_fuse;
}

} // namespace kernel_copy::inline v0::detail
