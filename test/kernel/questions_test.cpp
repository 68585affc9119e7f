// Distributed under the Boost Software License, Version 1.0.
//
// What the kernel's layer asks, where there is no answer to be had.
#include "../../src/kernel/linux/file_system.hpp"
#include "support/copies.hpp"
#include "support/mounts.hpp"
#include "support/system.hpp"

#include <kernel_copy/detail/kernel.hpp>

#include <cerrno>
#include <csignal>
#include <memory>

#include <fcntl.h>
#include <sys/time.h>

using namespace test;
using kernel_copy::detail::is_on_fuse;

BOOST_FIXTURE_TEST_SUITE(questions, descriptor_balance)

BOOST_AUTO_TEST_CASE(what_epoll_does_not_know_leaves_no_watch_behind)
{
    asio::io_context io;
    temp_dir dir;
    auto file = create_file(io, dir.path("file"));
    for (bool for_writing : {false, true})
        BOOST_TEST(kernel_copy::detail::current_kernel().open_watch(file.native_handle(), for_writing).error == EPERM);
}

int answering_end = -1;

// It brings what the call that it interrupts waits for.
void answer(int)
{
    static_cast<void>(::write(answering_end, "!", 1));
}

BOOST_AUTO_TEST_CASE(B1_a_call_that_a_signal_interrupts_is_made_again)
{
    int ends[2];
    BOOST_REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    answering_end = ends[1];
    struct sigaction interrupts = {};
    struct sigaction before = {};
    interrupts.sa_handler = answer;
    ::sigaction(SIGALRM, &interrupts, &before);
    const itimerval soon{.it_interval = {}, .it_value = {.tv_sec = 0, .tv_usec = 20'000}};
    ::setitimer(ITIMER_REAL, &soon, nullptr);
    char byte = 0;
    const auto result = kernel_copy::detail::current_kernel().read(ends[0], nullptr, &byte, 1);
    ::sigaction(SIGALRM, &before, nullptr);
    BOOST_TEST(result.error == 0);
    BOOST_TEST(result.bytes == 1u);
    BOOST_TEST(byte == '!');
    ::close(ends[0]);
    ::close(ends[1]);
}

BOOST_AUTO_TEST_CASE(a_file_system_that_nobody_can_name_is_no_FUSE, *boost::unit_test::precondition(mounts_here))
{
    BOOST_TEST(!is_on_fuse(-1));
    asio::io_context io;
    auto mounted = std::make_unique<sized_tmpfs>("64k");
    auto file = create_file(io, mounted->path("file"));
    mounted.reset(); // the file system lives on, as the file is open
    BOOST_TEST(!is_on_fuse(file.native_handle()));
}

BOOST_AUTO_TEST_SUITE_END()
