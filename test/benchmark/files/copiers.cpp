// Distributed under the Boost Software License, Version 1.0.
#include "copiers.hpp"

#include "system.hpp"

#include <kernel_copy/async_kernel_copy.hpp>
#include <kernel_copy/file.hpp>

#include <boost/asio/io_context.hpp>

#include <fcntl.h>
#include <unistd.h>

namespace benchmark::files {

namespace {

using kernel_copy::copy_options;
using kernel_copy::file;

void copy_by_kernel_copy(const std::string& from, const std::string& to, const copy_options& options)
{
    boost::asio::io_context context{1};
    file source{context, from.c_str(), file::read_only};
    file sink{context, to.c_str(), file::write_only | file::create | file::exclusive};
    kernel_copy::async_kernel_copy(source, sink, options, [](const kernel_copy::error_code& error, std::uint64_t) {
        if (error)
            throw boost::system::system_error{error};
    });
    context.run();
}

template <class Options>
void add_inline(std::vector<built_in_copier>& to)
{
    if constexpr (requires(Options o) { o.disk; })
    {
        Options options;
        options.disk = decltype(options.disk)::inline_;
        to.push_back({"kernel_copy inline_", [=](const std::string& from, const std::string& target) {
                          copy_by_kernel_copy(from, target, options);
                      }});
    }
}

void copy_by_copy_file_range(const std::string& from, const std::string& to)
{
    const int source = check(::open(from.c_str(), O_RDONLY | O_CLOEXEC), from.c_str());
    const int sink = check(::open(to.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600), to.c_str());
    while (check(::copy_file_range(source, nullptr, sink, nullptr, gib, 0), "copy_file_range") != 0)
        ;
}

} // namespace

std::vector<built_in_copier> built_in_copiers()
{
    std::vector<built_in_copier> result{
        {"kernel_copy", [](const std::string& from, const std::string& to) { copy_by_kernel_copy(from, to, {}); }}};
    add_inline<copy_options>(result);
    result.push_back({"bare C copy_file_range 1G", copy_by_copy_file_range});
    return result;
}

} // namespace benchmark::files
