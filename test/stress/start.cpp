// Distributed under the Boost Software License, Version 1.0.
#include "start_copy.hpp"

namespace soak {

void start_copy(reading& how, memory_in_front& memory, end& source, end& sink, const kernel_copy::copy_options& with,
                copy_completion handler)
{
    std::visit(
        [&](auto& s) {
            if constexpr (!std::is_same_v<decltype(s), std::monostate&>)
                start_copy_from(how, memory, s, sink, with, std::move(handler));
        },
        source);
}

namespace {

template <class A, class B>
void start_relay_between(memory_in_front& out, memory_in_front& back, bool prefixed, A& a, B& b,
                         const kernel_copy::relay_options& with, relay_completion handler)
{
    using kernel_copy::async_kernel_relay;
    if (!prefixed)
        async_kernel_relay(a, b, with, std::move(handler));
    else if (out.rest.empty() && back.rest.empty())
        async_kernel_relay(kernel_copy::prefixed(asio::dynamic_buffer(out.header), a),
                           kernel_copy::prefixed(asio::dynamic_buffer(back.header), b), with, std::move(handler));
    else // the header of either is not empty only if its residue is
        async_kernel_relay(
            kernel_copy::prefixed(asio::dynamic_buffer(out.header), kernel_copy::prefixed(out.rest, a)),
            kernel_copy::prefixed(asio::dynamic_buffer(back.header), kernel_copy::prefixed(back.rest, b)), with,
            std::move(handler));
}

template <class End>
constexpr bool is_two_way = std::is_same_v<End, socket> || std::is_same_v<End, own_stream>;

} // namespace

void start_relay(memory_in_front& out, memory_in_front& back, bool prefixed, end& a, end& b,
                 const kernel_copy::relay_options& with, relay_completion handler)
{
    std::visit(
        [&](auto& first, auto& second) {
            if constexpr (is_two_way<std::remove_reference_t<decltype(first)>> &&
                          is_two_way<std::remove_reference_t<decltype(second)>>)
                start_relay_between(out, back, prefixed, first, second, with, std::move(handler));
        },
        a, b);
}

} // namespace soak
