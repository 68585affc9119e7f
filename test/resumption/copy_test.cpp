// Distributed under the Boost Software License, Version 1.0.
#include "interruptions.hpp"

#include "support/content.hpp"
#include "support/opaque_ends.hpp"

#include <boost/mp11.hpp>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::disk;
using kernel_copy::method;
using kernel_copy::prefixed;

namespace {

using sources = boost::mp11::mp_list<disk_file_source, tcp_source, pipe_source, opaque_source>;
using sinks = boost::mp11::mp_list<disk_file_sink, tcp_sink, pipe_sink, opaque_sink>;
using pairs = boost::mp11::mp_push_back<boost::mp11::mp_product<boost::mp11::mp_list, sources, sinks>,
                                        boost::mp11::mp_list<local_source, asio_pipe_sink>,
                                        boost::mp11::mp_list<asio_pipe_source, local_sink>>;
using all_pairs = boost::mp11::mp_rename<pairs, std::tuple>;

const std::string& long_content()
{
    static const std::string bytes = content(sanitized ? 4 << 20 : 64 << 20);
    return bytes;
}

/// Copies all of it, again and again from where it was interrupted.
template <class Pair>
void copy_with(interruptions how, copy_options options)
{
    using source_type = boost::mp11::mp_first<Pair>;
    using sink_type = boost::mp11::mp_second<Pair>;
    const bool may_be_too_fast = std::is_same_v<source_type, disk_file_source> &&
                                 std::is_same_v<sink_type, disk_file_sink> && options.disk != disk::inline_;
    asio::io_context io;
    source_type source{io, long_content()};
    sink_type sink{io};
    kernel_copy::residue rest;
    options.residue = &rest;
    std::uint64_t arrived = 0;
    for (bool ended = false; !ended;)
    {
        const std::size_t held = rest.size();
        kernel_copy::monitor counters;
        options.monitor = &counters;
        auto from = prefixed(rest, source.end());
        asio::cancellation_signal signal;
        outcome leg;
        kernel_copy::async_kernel_copy(from, sink.end(), options,
                                       asio::bind_cancellation_slot(signal.slot(), leg.handler()));
        how.interrupt(io, signal, leg.done);
        arrived += leg.bytes;
        ended = !leg.error;
        const bool is_explained = leg.error == asio::error::operation_aborted || leg.error == failure(EIO);
        BOOST_REQUIRE_MESSAGE(ended || is_explained, leg.error.message());
        BOOST_REQUIRE(counters.delivered() == leg.bytes);
        BOOST_REQUIRE(rest.size() == held - counters.drained() + counters.in_flight());
    }
    BOOST_TEST(rest.empty());
    BOOST_TEST(arrived == long_content().size());
    sink.finish();
    run(io);
    BOOST_TEST(first_difference(sink.bytes(), long_content()) == std::string::npos);
    BOOST_TEST_MESSAGE(how.made() << " requests to stop");
    BOOST_TEST((how.made() != 0u || may_be_too_fast));
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(resumption, descriptor_balance)

BOOST_AUTO_TEST_CASE_TEMPLATE(every_pair_by_its_own_methods, Pair, all_pairs)
{
    copy_with<Pair>({1, 400, 30}, {.disk = disk::inline_, .turn_budget = 128 * 1024});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_pair_with_the_usual_options, Pair, all_pairs)
{
    copy_with<Pair>({2, 400, 5}, {});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_pair_through_the_buffer, Pair, all_pairs)
{
    copy_with<Pair>({3, 400, 30}, {.methods = {method::buffer}, .turn_budget = 128 * 1024, .buffer_size = 20'000});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_pair_with_all_files_on_workers, Pair, all_pairs)
{
    copy_with<Pair>({4, 400, 1}, {.disk = disk::always});
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_pair_with_calls_that_fail, Pair, all_pairs)
{
    const failing_kernel fails{23};
    copy_with<Pair>({5, 100, 1}, {.turn_budget = 128 * 1024});
    BOOST_TEST_MESSAGE(fails.failures() << " failures");
}

BOOST_AUTO_TEST_SUITE_END()
