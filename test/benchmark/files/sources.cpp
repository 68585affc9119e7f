// Distributed under the Boost Software License, Version 1.0.
#include "sources.hpp"

#include "system.hpp"

#include <algorithm>
#include <stdexcept>
#include <vector>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace benchmark::files {

namespace {

/// Closes its descriptor.
class opened
{
public:
    opened(const std::filesystem::path& name, int flags)
        : descriptor{check(::open(name.c_str(), flags | O_CLOEXEC, 0600), name.c_str())}
    {}
    opened(const opened&) = delete;
    opened& operator=(const opened&) = delete;
    ~opened() { ::close(descriptor); }

    const int descriptor;
};

/// Differs from page to page.
void fill(std::vector<char>& block, std::uint64_t offset)
{
    std::uint64_t state = offset + 1;
    for (char& c : block)
    {
        state = state * 6364136223846793005u + 1442695040888963407u;
        c = static_cast<char>(state >> 56);
    }
}

void write_all(int file, const std::vector<char>& block, std::uint64_t bytes, std::uint64_t offset)
{
    for (std::uint64_t done = 0; done < bytes;)
        done += static_cast<std::uint64_t>(
            check(::pwrite(file, block.data() + done, bytes - done, static_cast<off_t>(offset + done)), "pwrite"));
}

void make(const std::filesystem::path& name, std::uint64_t bytes, std::uint64_t part, std::uint64_t data)
{
    const opened file{name, O_CREAT | O_EXCL | O_WRONLY};
    check(::ftruncate(file.descriptor, static_cast<off_t>(bytes)), "ftruncate");
    std::vector<char> block(data);
    for (std::uint64_t offset = 0; offset < bytes; offset += part)
    {
        fill(block, offset);
        write_all(file.descriptor, block, std::min(data, bytes - offset), offset);
    }
    check(::fdatasync(file.descriptor), "fdatasync");
}

} // namespace

void make_file(const std::filesystem::path& name, std::uint64_t bytes)
{
    make(name, bytes, mib, mib);
}

void make_sparse_file(const std::filesystem::path& name, std::uint64_t bytes)
{
    make(name, bytes, sparse_part, sparse_data);
}

void compare_files(const std::filesystem::path& one, const std::filesystem::path& other)
{
    constexpr std::uint64_t places = 256;
    const std::uint64_t size = std::filesystem::file_size(one);
    if (std::filesystem::file_size(other) != size)
        throw std::runtime_error{"the copy has another size"};
    const opened first{one, O_RDONLY};
    const opened second{other, O_RDONLY};
    std::vector<char> of_first(16 * kib);
    std::vector<char> of_second(of_first.size());
    const std::uint64_t step = std::max<std::uint64_t>(size / places / of_first.size(), 1) * of_first.size();
    for (std::uint64_t offset = 0; offset < size; offset += step)
    {
        const ssize_t n = ::pread(first.descriptor, of_first.data(), of_first.size(), static_cast<off_t>(offset));
        if (n <= 0 || ::pread(second.descriptor, of_second.data(), of_second.size(), static_cast<off_t>(offset)) != n ||
            !std::equal(of_first.begin(), of_first.begin() + n, of_second.begin()))
            throw std::runtime_error{"the copy differs"};
    }
}

std::uint64_t allocated_bytes(const std::filesystem::path& name)
{
    struct stat status
    {};
    check(::stat(name.c_str(), &status), name.c_str());
    return static_cast<std::uint64_t>(status.st_blocks) * 512;
}

} // namespace benchmark::files
