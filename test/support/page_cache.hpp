// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_PAGE_CACHE_HPP
#define KERNEL_COPY_TEST_SUPPORT_PAGE_CACHE_HPP

#include <cstdint>
#include <string>

namespace test {

/// Makes a file cold, except for pages that are mapped or still being read (by a read ahead, which a read with
/// RWF_NOWAIT starts too), and on tmpfs, where the cache is the file.
void drop_cache(const std::string& path);

/// How many pages of a range of a file could be read without the disk. By mincore(2), because
/// cachestat(2) counts pages that are still being read.
std::uint64_t cached_pages(const std::string& path, std::uint64_t offset, std::uint64_t size);

/// Of the whole file.
std::uint64_t cached_pages(const std::string& path);

/// Whether a file is wholly warm.
bool is_cached(const std::string& path);

} // namespace test

#endif
