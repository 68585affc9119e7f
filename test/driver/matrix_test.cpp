// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"

#include <boost/mp11.hpp>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::method;
using kernel_copy::page_sharing;

namespace {

using sources =
    boost::mp11::mp_list<disk_file_source, tmpfs_file_source, tcp_source, local_source, pipe_source, asio_pipe_source>;
using sinks = boost::mp11::mp_list<disk_file_sink, tmpfs_file_sink, tcp_sink, local_sink, pipe_sink, asio_pipe_sink>;
using pairs = boost::mp11::mp_product<boost::mp11::mp_list, sources, sinks>;
using all_pairs = boost::mp11::mp_rename<pairs, std::tuple>;

constexpr std::size_t turn = 64 * 1024;
constexpr std::size_t sizes[] = {0, 1, 2, 4095, 4096, 4097, 65535, 65536, 65536 + 1, 2 * turn - 1, 2 * turn, 300'001};

/// Copies with a limit, then the rest: nothing may be lost between the two, nor read beyond the limit.
template <class Source, class Sink>
void copy_in_two(std::size_t size, std::uint64_t limit, const copy_options& base)
{
    BOOST_TEST_CONTEXT("size " << size << ", limit " << limit)
    {
        asio::io_context io;
        const std::string bytes = content(size);
        Source source{io, bytes};
        Sink sink{io};
        kernel_copy::monitor counters;
        copy_options options = base;
        options.monitor = &counters;
        const std::uint64_t expected = std::min<std::uint64_t>(size, limit);

        auto limited = kernel_copy::take(source.end(), limit);
        outcome first;
        kernel_copy::async_kernel_copy(limited, sink.end(), options, first.handler());
        run_until(io, [&] { return first.done; });
        BOOST_TEST(!first.error);
        BOOST_TEST(first.bytes == expected);
        BOOST_TEST(limited.limit() == limit - expected);
        BOOST_TEST(counters.taken() == expected);
        BOOST_TEST(counters.delivered() == expected);
        if constexpr (std::is_same_v<decltype(source.end()), kernel_copy::file&>)
            BOOST_TEST(position_of(source.end().native_handle()) == expected);
        if constexpr (std::is_same_v<decltype(sink.end()), kernel_copy::file&>)
            BOOST_TEST(position_of(sink.end().native_handle()) == expected);

        outcome second;
        kernel_copy::async_kernel_copy(source.end(), sink.end(), options, second.handler());
        run_until(io, [&] { return second.done; });
        BOOST_TEST(!second.error);
        BOOST_TEST(second.bytes == size - expected);
        sink.finish();
        run(io);
        CHECK_SAME_BYTES(sink.bytes(), bytes);
    }
}

template <class Source, class Sink>
void every_size_and_limit(const copy_options& options)
{
    for (const std::size_t size : sizes)
        for (const std::uint64_t limit : {std::uint64_t{0}, std::uint64_t{size / 2}, std::uint64_t{size},
                                          std::uint64_t{size + 1}, ~std::uint64_t{0}})
            copy_in_two<Source, Sink>(size, limit, options);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(matrix, descriptor_balance)

BOOST_AUTO_TEST_CASE_TEMPLATE(B9_S3_S4_B8_every_size_limit_and_pair_of_ends, Pair, all_pairs)
{
    every_size_and_limit<boost::mp11::mp_first<Pair>, boost::mp11::mp_second<Pair>>({.turn_budget = turn});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(S16_S17_every_pair_without_sharing_pages, Pair, all_pairs)
{
    using source = boost::mp11::mp_first<Pair>;
    using sink = boost::mp11::mp_second<Pair>;
    copy_in_two<source, sink>(300'001, 100'000, {.page_sharing = page_sharing::forbid});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(S47_every_pair_through_the_buffer, Pair, all_pairs)
{
    using source = boost::mp11::mp_first<Pair>;
    using sink = boost::mp11::mp_second<Pair>;
    copy_in_two<source, sink>(300'001, 100'000, {.methods = {method::buffer}, .buffer_size = 10'000});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(B9_every_pair_with_a_budget_of_a_few_bytes, Pair, all_pairs)
{
    using source = boost::mp11::mp_first<Pair>;
    using sink = boost::mp11::mp_second<Pair>;
    copy_in_two<source, sink>(3001, 1000, {.turn_budget = 7});
}

BOOST_AUTO_TEST_SUITE_END()
