// Distributed under the Boost Software License, Version 1.0.
#include "page_cache.hpp"

#include "system.hpp"

#include <algorithm>
#include <vector>

#include <sys/mman.h>

namespace test {

namespace {

const auto page_size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));

std::uint64_t pages(std::uint64_t size)
{
    return (size + page_size - 1) / page_size;
}

} // namespace

void drop_cache(const std::string& path)
{
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    BOOST_REQUIRE(file != -1);
    BOOST_TEST(::fsync(file) == 0); // dirty pages stay
    BOOST_TEST(::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0);
    ::close(file);
}

std::uint64_t cached_pages(const std::string& path, std::uint64_t offset, std::uint64_t size)
{
    const std::uint64_t begin = offset / page_size * page_size;
    const std::uint64_t length = offset + size - begin;
    if (size == 0)
        return 0;
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    BOOST_REQUIRE(file != -1);
    void* mapped = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, file, static_cast<off_t>(begin));
    ::close(file);
    BOOST_REQUIRE(mapped != MAP_FAILED);
    std::vector<unsigned char> resident(pages(length));
    BOOST_TEST(::mincore(mapped, length, resident.data()) == 0);
    ::munmap(mapped, length);
    return static_cast<std::uint64_t>(
        std::count_if(resident.begin(), resident.end(), [](unsigned char page) { return (page & 1) != 0; }));
}

std::uint64_t cached_pages(const std::string& path)
{
    return cached_pages(path, 0, std::filesystem::file_size(path));
}

bool is_cached(const std::string& path)
{
    return cached_pages(path) == pages(std::filesystem::file_size(path));
}

} // namespace test
