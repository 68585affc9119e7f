// Distributed under the Boost Software License, Version 1.0.
#include "asio_server.hpp"

#include <kernel_copy/async_kernel_copy.hpp>
#include <kernel_copy/file.hpp>
#include <kernel_copy/file_range.hpp>
#include <kernel_copy/prefixed.hpp>

#include <csignal>
#include <deque>
#include <string>

namespace benchmark::files {

namespace {

using kernel_copy::copy_options;
using kernel_copy::file;

class sender
{
public:
    sender(asio::io_context& context, const service& what, const copy_options& options) : options_{options}
    {
        for (const std::string& name : what.files)
            files_.emplace_back(context, name.c_str(), file::read_only);
    }

    using state = std::string; ///< the header

    template <class Done>
    void send(tcp::socket& socket, const request& asked, state& header, Done done)
    {
        auto finish = [&asked, done](const error_code& error, std::uint64_t n) {
            done(error, n == asked.header + asked.length);
        };
        auto range = kernel_copy::file_range(files_.at(asked.file), asked.offset, asked.length);
        if (asked.header == 0)
            return kernel_copy::async_kernel_copy(std::move(range), socket, options_, std::move(finish));
        header.assign(asked.header, 'h');
        kernel_copy::async_kernel_copy(kernel_copy::prefixed(asio::dynamic_buffer(header), std::move(range)), socket,
                                       options_, std::move(finish));
    }

private:
    copy_options options_;
    std::deque<file> files_;
};

// A library can't choose what the program does about SIGPIPE.
void serve(const service& what, const copy_options& options, void (*on_sigpipe)(int) = SIG_DFL)
{
    ::signal(SIGPIPE, on_sigpipe);
    serve_by_asio<sender>(what, options);
}

/// With the option that leaves the disk's work to the caller's thread, where the library has it.
template <class Options>
void add_inline(std::vector<built_in>& to, parts takes_part_in)
{
    if constexpr (requires(Options o) { o.disk; })
    {
        Options options;
        options.disk = decltype(options.disk)::inline_;
        to.push_back({"kernel_copy inline_", family::kernel_copy, takes_part_in,
                      [=](const service& what) { serve(what, options); }});
    }
}

} // namespace

void add_kernel_copy(std::vector<built_in>& to)
{
    constexpr parts takes_part_in = part::bulk | part::small | part::latency | part::header | part::cold;
    to.push_back({"kernel_copy", family::kernel_copy, takes_part_in, [](const service& what) { serve(what, {}); }});
    add_inline<copy_options>(to, takes_part_in);
    to.push_back({"kernel_copy always", family::kernel_copy, part::bulk,
                  [](const service& what) { serve(what, {.disk = kernel_copy::disk::always}); }});
    to.push_back({"kernel_copy, SIGPIPE ignored", family::kernel_copy, part::bulk,
                  [](const service& what) { serve(what, {}, SIG_IGN); }});
}

} // namespace benchmark::files
