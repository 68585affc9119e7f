// Distributed under the Boost Software License, Version 1.0.

// Where all of it is io_uring, Asio's own wait does not compile with this (Boost 1.81).
#if !defined(BOOST_ASIO_HAS_IO_URING) || !defined(BOOST_ASIO_DISABLE_EPOLL)
#define BOOST_ASIO_ENABLE_HANDLER_TRACKING
#endif

#include "support/idle_pairs.hpp"
#include "support/system.hpp"

#include <boost/asio/connect_pipe.hpp>

using namespace test;

namespace {

/// What is written to standard error while a function runs.
template <class Function>
std::string told_during(Function function)
{
    const temp_dir dir;
    const int to = ::open(dir.path("told").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const int before = ::dup(STDERR_FILENO);
    ::dup2(to, STDERR_FILENO);
    ::close(to);
    function();
    ::dup2(before, STDERR_FILENO);
    ::close(before);
    return read_file(dir.path("told"));
}

#if defined(BOOST_ASIO_ENABLE_HANDLER_TRACKING)
constexpr bool tracks = true;
#else
constexpr bool tracks = false;
#endif

} // namespace

BOOST_AUTO_TEST_SUITE(contract_handler_tracking)

BOOST_AUTO_TEST_CASE(the_calls_of_a_copy_are_told_with_its_name,
                     *only_if(tracks, "Asio's wait by io_uring does not compile with handler tracking"))
{
    idle_pairs p;
    outcome result;
    const std::string told = told_during([&] {
        kernel_copy::async_kernel_copy(p.in.first, p.out.first, result.handler());
        settle(p.io);
        feed(p.in.second, "bytes");
        run(p.io);
    });
    BOOST_TEST(result.bytes == 5u);
    BOOST_TEST_INFO(told);
    BOOST_TEST(told.find("in 'kernel_copy'") != std::string::npos);
    BOOST_TEST(told.find("direction.hpp:") != std::string::npos);
    BOOST_TEST(told.find("async_wait") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
