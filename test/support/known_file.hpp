// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_KNOWN_FILE_HPP
#define KERNEL_COPY_TEST_SUPPORT_KNOWN_FILE_HPP

#include "content.hpp"
#include "ends.hpp"
#include "fake_kernel.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace test {

/// A file that is known from an earlier copy, and a socket.
struct known_file
{
    known_file()
    {
        write_file(dir.path("in"), bytes);
        file = open_file(io, dir.path("in"));
        BOOST_TEST(copy(io, file_range(file, 0, large), to.sink()).bytes == large);
        BOOST_TEST(to.arrived().size() == large);
        kernel.calls.clear();
    }

    std::vector<std::string> calls() { return std::exchange(kernel.calls, {}); }
    /// What a call says, the next time only.
    void once(const std::string& which, call_result answer)
    {
        kernel.instead = [which, answer, done = false](const std::string& call, std::size_t,
                                                       std::uint64_t) mutable -> fake_kernel::answer {
            if (done || call != which)
                return std::nullopt;
            done = true;
            return answer;
        };
    }
    /// A call moves only so much, the next time.
    void cut_once(std::uint64_t n)
    {
        kernel.cut = [n](std::uint64_t length) mutable { return std::min(length, std::exchange(n, length)); };
    }

    struct cutting_kernel : fake_kernel
    {
        std::function<std::uint64_t(std::uint64_t)> cut{};
        call_result sendfile(int source, const std::uint64_t* at, int sink, std::uint64_t length) override
        {
            return fake_kernel::sendfile(source, at, sink, cut ? cut(length) : length);
        }
    };

    static constexpr std::size_t size = 400'000;
    /// By a read and a send, and by sendfile.
    static constexpr std::size_t small = 5'000;
    static constexpr std::size_t large = 100'000;

    const std::string bytes = content(size);
    asio::io_context io;
    temp_dir dir{};
    kernel_copy::file file{io};
    receiver to{io};
    std::uint64_t time = 1;
    cutting_kernel kernel;
    kernel_copy::detail::kernel_replacement replaced{kernel};
};

using names = std::vector<std::string>;

} // namespace test

#endif
