// Distributed under the Boost Software License, Version 1.0.
#include "built_in.hpp"

#include "units.hpp"

#include <array>
#include <csignal>

namespace benchmark::relay {

namespace {

template <std::size_t PipeCapacity, rhythm How>
void splice(int listener, std::uint16_t upstream_port)
{
    serve_by_splice(listener, upstream_port, PipeCapacity, How);
}

void kernel_copy_guarding(int listener, std::uint16_t upstream_port)
{
    serve_by_kernel_copy(listener, upstream_port, SIG_DFL);
}

void kernel_copy_without_sigpipe(int listener, std::uint16_t upstream_port)
{
    serve_by_kernel_copy(listener, upstream_port, SIG_IGN);
}

constexpr std::array all{
    built_in{"kernel_copy", family::kernel_copy, kernel_copy_guarding},
    built_in{"kernel_copy, SIGPIPE ignored", family::kernel_copy, kernel_copy_without_sigpipe},
    built_in{"plain Asio", family::plain_asio, serve_by_plain_asio},
    built_in{"plain Asio, coroutines", family::coroutine_asio, serve_by_coroutine_asio},
    built_in{"least Asio", family::least_asio, serve_by_least_asio},
    built_in{"bare C splice 64K, until EAGAIN", family::bare_splice, splice<0, rhythm::until_not_ready>},
    built_in{"bare C splice 64K, 1 a wake-up", family::bare_splice, splice<0, rhythm::one_a_wake_up>},
    built_in{"bare C splice 1M, until EAGAIN", family::bare_splice, splice<mib, rhythm::until_not_ready>},
    built_in{"bare C splice 1M, 1 a wake-up", family::bare_splice, splice<mib, rhythm::one_a_wake_up>},
    built_in{"bare C copy", family::bare_copy, serve_by_copy},
};

} // namespace

std::span<const built_in> built_ins()
{
    return all;
}

} // namespace benchmark::relay
