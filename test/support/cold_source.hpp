// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_COLD_SOURCE_HPP
#define KERNEL_COPY_TEST_SUPPORT_COLD_SOURCE_HPP

#include "ends.hpp"
#include "page_cache.hpp"

#include <optional>
#include <string>

namespace test {

/// A file that is not in memory.
class cold_source
{
public:
    cold_source(asio::io_context& io, const std::string& bytes)
    {
        write_file(dir_.path("in"), bytes);
        drop_cache(dir_.path("in"));
        file_.emplace(io, dir_.path("in").c_str(), kernel_copy::file::read_only);
    }
    kernel_copy::file& end() { return *file_; }

private:
    temp_dir dir_{};
    std::optional<kernel_copy::file> file_{};
};

} // namespace test

#endif
