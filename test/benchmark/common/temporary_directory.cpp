// Distributed under the Boost Software License, Version 1.0.
#include "temporary_directory.hpp"

#include "system.hpp"

#include <cstdlib>
#include <system_error>

namespace benchmark {

temporary_directory::temporary_directory(const std::filesystem::path& parent, const std::string& name)
{
    std::string path = parent / (name + "-XXXXXX");
    if (::mkdtemp(path.data()) == nullptr)
        fail(path.c_str());
    path_ = path;
}

temporary_directory::~temporary_directory()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

} // namespace benchmark
