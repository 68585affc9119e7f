// Distributed under the Boost Software License, Version 1.0.
#include "support/fake_kernel.hpp"
#include "support/system.hpp"

#include <kernel_copy/detail/pipe.hpp>

#include <cerrno>
#include <memory>

using namespace test;
using owned_pipe = kernel_copy::detail::pipe;

BOOST_FIXTURE_TEST_SUITE(pipes, descriptor_balance)

BOOST_AUTO_TEST_CASE(a_pipe_is_close_on_exec_and_non_blocking)
{
    fake_kernel kernel;
    owned_pipe p{kernel};
    BOOST_REQUIRE(p.open().error == 0);
    for (const int end : {p.read_end(), p.write_end()})
    {
        BOOST_TEST((::fcntl(end, F_GETFD) & FD_CLOEXEC) != 0);
        BOOST_TEST((::fcntl(end, F_GETFL) & O_NONBLOCK) != 0);
    }
    BOOST_TEST(p.resize(1 << 20).error == 0);
    BOOST_TEST(::fcntl(p.read_end(), F_GETPIPE_SZ) == 1 << 20);
}

BOOST_AUTO_TEST_CASE(P10_a_process_grows_its_pipes_by_half_of_what_a_user_may_have)
{
    fake_kernel kernel;
    std::vector<std::unique_ptr<owned_pipe>> pipes;
    const auto grow_one = [&] {
        pipes.push_back(std::make_unique<owned_pipe>(kernel));
        BOOST_REQUIRE(pipes.back()->open().error == 0);
        return pipes.back()->resize(1 << 20).error;
    };
    for (int i = 0; i != 32; ++i)
        BOOST_TEST(grow_one() == 0);
    BOOST_TEST(grow_one() == EPERM);
    pipes.erase(pipes.begin()); // what is closed makes room
    BOOST_TEST(grow_one() == 0);
    BOOST_TEST(grow_one() == EPERM);
}

BOOST_AUTO_TEST_CASE(a_refused_resize_uses_nothing_up)
{
    fake_kernel kernel;
    kernel.instead = [](const std::string& call, std::size_t, std::uint64_t) -> fake_kernel::answer {
        return call == "resize_pipe" ? fake_kernel::answer{call_result{.bytes = 0, .error = EBUSY}} : std::nullopt;
    };
    owned_pipe p{kernel};
    BOOST_REQUIRE(p.open().error == 0);
    for (int i = 0; i != 100; ++i)
        BOOST_TEST(p.resize(1 << 20).error == EBUSY);
    BOOST_TEST(p.resize(std::size_t{1} << 40).error == EPERM);
}

BOOST_AUTO_TEST_SUITE_END()
