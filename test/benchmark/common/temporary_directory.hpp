// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_BENCHMARK_TEMPORARY_DIRECTORY_HPP
#define KERNEL_COPY_TEST_BENCHMARK_TEMPORARY_DIRECTORY_HPP

#include <filesystem>
#include <string>

namespace benchmark {

/// Made empty, removed with what is in it.
class temporary_directory
{
public:
    /// @param name begins the name of the directory
    temporary_directory(const std::filesystem::path& parent, const std::string& name);
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;
    ~temporary_directory();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

} // namespace benchmark

#endif
