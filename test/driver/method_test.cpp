// Distributed under the Boost Software License, Version 1.0.
#include "support/content.hpp"
#include "support/ends.hpp"
#include "support/fake_kernel.hpp"

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::method;
using kernel_copy::method_set;
using kernel_copy::page_sharing;
using kernel_copy::detail::availability;
using kernel_copy::detail::kernel_replacement;

namespace {

/// The methods that delivered something.
std::string methods_used(const kernel_copy::monitor& counters)
{
    std::string used;
    for (const method m :
         {method::copy_file_range, method::sendfile, method::splice, method::splice_through_pipe, method::buffer})
        if (counters.bytes(m) != 0)
            used += (used.empty() ? "" : "+") + std::string{to_string(m)};
    return used;
}

/// Copies 200,000 bytes and says by what they went.
template <class Source, class Sink>
std::string way_of(copy_options options = {}, fake_kernel* kernel = nullptr)
{
    asio::io_context io;
    const std::string bytes = content(200'000);
    Source source{io, bytes};
    Sink sink{io};
    std::optional<kernel_replacement> replaced;
    if (kernel != nullptr)
        replaced.emplace(*kernel);
    kernel_copy::monitor counters;
    options.monitor = &counters;
    outcome result;
    kernel_copy::async_kernel_copy(source.end(), sink.end(), options, result.handler());
    run_until(io, [&] { return result.done; });
    BOOST_TEST(result.error.message() == error_code{}.message());
    BOOST_TEST(result.bytes == bytes.size());
    sink.finish();
    run(io);
    CHECK_SAME_BYTES(sink.bytes(), bytes);
    return methods_used(counters);
}

fake_kernel::answer refuse(const std::string& call, const std::string& which, int error)
{
    return call == which ? fake_kernel::answer{call_result{.bytes = 0, .error = error}} : std::nullopt;
}

availability knowledge(fake_kernel& kernel, method call)
{
    return kernel.known().snapshot()[static_cast<std::size_t>(call)];
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(methods, descriptor_balance)

BOOST_AUTO_TEST_CASE(S13_S14_S15_B8_the_method_table_on_real_descriptors, *needs_kernel_methods)
{
    BOOST_TEST((way_of<disk_file_source, disk_file_sink>()) == "copy_file_range");
    BOOST_TEST((way_of<tmpfs_file_source, tmpfs_file_sink>()) == "copy_file_range");
    BOOST_TEST((way_of<disk_file_source, tcp_sink>()) == "sendfile");
    BOOST_TEST((way_of<disk_file_source, local_sink>()) == "sendfile");
    BOOST_TEST((way_of<disk_file_source, pipe_sink>()) == "splice");
    BOOST_TEST((way_of<disk_file_source, asio_pipe_sink>()) == "splice");
    BOOST_TEST((way_of<tcp_source, disk_file_sink>()) == "splice through a pipe");
    // With memory allowed as well, what the source gives decides; see adaptive_test.cpp.
    const copy_options bulk{.methods = {method::splice_through_pipe}};
    BOOST_TEST((way_of<tcp_source, tcp_sink>(bulk)) == "splice through a pipe");
    BOOST_TEST((way_of<local_source, tcp_sink>(bulk)) == "splice through a pipe");
    BOOST_TEST((way_of<tcp_source, pipe_sink>()) == "splice");
    BOOST_TEST((way_of<pipe_source, tcp_sink>()) == "splice");
    BOOST_TEST((way_of<pipe_source, disk_file_sink>()) == "splice");
    BOOST_TEST((way_of<pipe_source, pipe_sink>()) == "splice");
    BOOST_TEST((way_of<asio_pipe_source, asio_pipe_sink>()) == "splice");
}

BOOST_AUTO_TEST_CASE(S16_S17_no_file_is_offloaded_to_a_socket_or_pipe_when_pages_may_not_be_shared,
                     *needs_kernel_methods)
{
    const copy_options forbid{.page_sharing = page_sharing::forbid};
    BOOST_TEST((way_of<disk_file_source, tcp_sink>(forbid)) == "buffer");
    BOOST_TEST((way_of<disk_file_source, pipe_sink>(forbid)) == "buffer");
    BOOST_TEST((way_of<disk_file_source, disk_file_sink>(forbid)) == "copy_file_range");
    BOOST_TEST((way_of<tcp_source, tcp_sink>({.methods = {method::splice_through_pipe},
                                              .page_sharing = page_sharing::forbid})) == "splice through a pipe");
    BOOST_TEST((way_of<pipe_source, tcp_sink>(forbid)) == "splice");
}

BOOST_AUTO_TEST_CASE(S6_kinds_known_from_the_type_cost_no_fstat, *needs_kernel_methods)
{
    fake_kernel kernel;
    BOOST_TEST((way_of<tcp_source, local_sink>({.methods = {method::splice_through_pipe}}, &kernel)) ==
               "splice through a pipe");
    BOOST_TEST((way_of<asio_pipe_source, tcp_sink>({}, &kernel)) == "splice");
    BOOST_TEST(kernel.count("fstat") == 0u);
    BOOST_TEST((way_of<pipe_source, tcp_sink>({}, &kernel)) == "splice");
    BOOST_TEST(kernel.count("fstat") == 1u);
}

BOOST_AUTO_TEST_CASE(S7_a_failing_fstat_is_no_error)
{
    fake_kernel kernel;
    kernel.instead = [](const std::string& call, std::size_t, std::uint64_t) { return refuse(call, "fstat", EACCES); };
    BOOST_TEST((way_of<disk_file_source, tcp_sink>({}, &kernel)) == "buffer");
    BOOST_TEST((way_of<pipe_source, tcp_sink>({}, &kernel)) == "buffer");
    BOOST_TEST((way_of<disk_file_source, disk_file_sink>({}, &kernel)) == "buffer");
}

BOOST_AUTO_TEST_CASE(S8_a_wrong_kind_ends_in_the_right_bytes)
{
    // Pipes and files that say they are sockets: the descriptor lies behind a socket's type.
    asio::io_context io;
    temp_dir dir;
    const std::string bytes = content(100'000);
    write_file(dir.path("in"), bytes);
    for (const bool to_socket : {false, true})
    {
        local::socket liar{io};
        error_code ignored;
        liar.assign(local{}, ::open(dir.path("in").c_str(), O_RDONLY | O_CLOEXEC), ignored);
        BOOST_REQUIRE(liar.is_open());
        if (to_socket)
        {
            tcp_sink sink{io};
            outcome result;
            kernel_copy::async_kernel_copy(liar, sink.end(), result.handler());
            run_until(io, [&] { return result.done; });
            BOOST_TEST(!result.error);
            sink.finish();
            run(io);
            CHECK_SAME_BYTES(sink.bytes(), bytes);
        }
        else
        {
            auto out = create_file(io, dir.path("out"));
            BOOST_TEST(copy(io, liar, out).bytes == bytes.size());
            CHECK_SAME_BYTES(read_file(dir.path("out")), bytes);
        }
    }
    local::socket liar{io};
    error_code ignored;
    liar.assign(local{}, ::open(dir.path("out").c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC), ignored);
    auto in = open_file(io, dir.path("in"));
    BOOST_TEST(copy(io, in, liar).bytes == bytes.size());
    CHECK_SAME_BYTES(read_file(dir.path("out")), bytes);
}

BOOST_AUTO_TEST_CASE(S13_each_method_hands_over_to_the_next, *needs_kernel_methods)
{
    fake_kernel kernel;
    kernel.instead = [](const std::string& call, std::size_t, std::uint64_t) {
        return refuse(call, "copy_file_range", EXDEV);
    };
    BOOST_TEST((way_of<disk_file_source, disk_file_sink>({}, &kernel)) == "sendfile");
    fake_kernel without_two;
    without_two.instead = [](const std::string& call, std::size_t, std::uint64_t) {
        const auto answer = refuse(call, "copy_file_range", EINVAL);
        return answer ? answer : refuse(call, "sendfile", EINVAL);
    };
    BOOST_TEST((way_of<disk_file_source, disk_file_sink>({}, &without_two)) == "buffer");
    fake_kernel without_splice;
    without_splice.instead = [](const std::string& call, std::size_t, std::uint64_t) {
        return refuse(call, "splice", EINVAL);
    };
    BOOST_TEST((way_of<tcp_source, tcp_sink>({}, &without_splice)) == "buffer");
    BOOST_TEST((way_of<pipe_source, asio_pipe_sink>({}, &without_splice)) == "buffer");
}

BOOST_AUTO_TEST_CASE(S47_invariant_8_a_method_that_fails_midway_hands_over_where_it_stopped)
{
    for (const std::string call : {"copy_file_range", "sendfile", "splice"})
        for (const int error : {EINVAL, ENOSYS, EPERM})
            for (const std::size_t after : {1u, 2u, 3u})
            {
                fake_kernel kernel;
                kernel.instead = [&](const std::string& made, std::size_t before, std::uint64_t) {
                    return before >= after ? refuse(made, call, error) : std::nullopt;
                };
                const copy_options small{.turn_budget = 20'000};
                BOOST_TEST_CONTEXT(call << " fails with " << error << " after " << after)
                {
                    way_of<disk_file_source, disk_file_sink>(small, &kernel);
                    way_of<disk_file_source, tcp_sink>(small, &kernel);
                    way_of<disk_file_source, pipe_sink>(small, &kernel);
                    way_of<tcp_source, tcp_sink>(small, &kernel);
                    way_of<tcp_source, disk_file_sink>(small, &kernel);
                    way_of<pipe_source, tcp_sink>(small, &kernel);
                }
            }
}

BOOST_AUTO_TEST_CASE(no_pipe_to_be_had_is_no_error)
{
    fake_kernel kernel;
    kernel.instead = [](const std::string& call, std::size_t, std::uint64_t) { return refuse(call, "pipe", EMFILE); };
    BOOST_TEST((way_of<tcp_source, tcp_sink>({}, &kernel)) == "buffer");
}

BOOST_AUTO_TEST_CASE(a_caller_can_demand_a_method, *needs_kernel_methods)
{
    BOOST_TEST((way_of<disk_file_source, disk_file_sink>({.methods = {method::sendfile}})) == "sendfile");
    BOOST_TEST((way_of<tcp_source, tcp_sink>({.methods = {method::splice_through_pipe}})) == "splice through a pipe");

    asio::io_context io;
    temp_dir dir;
    write_file(dir.path("in"), content(1000));
    auto in = open_file(io, dir.path("in"));
    auto [peer, socket] = tcp_pair(io);
    const outcome none = copy(io, in, socket, {.methods = {method::splice}});
    BOOST_TEST(none.error == failure(errc::no_method_available));
    BOOST_TEST(none.bytes == 0u);
    BOOST_TEST(position_of(in.native_handle()) == 0u);
    BOOST_TEST(copy(io, in, socket, {.methods = method_set{}.without(method::sendfile)}).bytes == 1000u);
}

BOOST_AUTO_TEST_CASE(a_demanded_method_that_fails_still_delivers_what_is_in_the_pipe, *needs_kernel_methods)
{
    fake_kernel kernel;
    kernel.instead = [](const std::string& call, std::size_t before, std::uint64_t) {
        return before == 1 ? refuse(call, "splice", EINVAL) : std::nullopt;
    };
    asio::io_context io;
    const std::string bytes = content(10'000);
    tcp_source source{io, bytes};
    tcp_sink sink{io};
    run_until(io, [&] { return source.end().available() == bytes.size(); }); // so that the first splice fills
    const kernel_replacement replaced{kernel};
    kernel_copy::monitor counters;
    outcome result;
    kernel_copy::async_kernel_copy(source.end(), sink.end(),
                                   {.methods = {method::splice_through_pipe}, .monitor = &counters}, result.handler());
    run_until(io, [&] { return result.done; });
    BOOST_TEST(result.error == failure(EINVAL));
    BOOST_TEST(result.bytes == counters.taken());
    BOOST_TEST(result.bytes != 0u);
    sink.finish();
    run(io);
    CHECK_SAME_BYTES(sink.bytes(), bytes.substr(0, result.bytes));
}

BOOST_AUTO_TEST_CASE(S30_S31_S32_S39_B4_the_probe_runs_once_and_only_after_a_failure, *needs_kernel_methods)
{
    fake_kernel kernel;
    way_of<disk_file_source, disk_file_sink>({}, &kernel);
    BOOST_TEST((knowledge(kernel, method::copy_file_range) == availability::unknown));

    // A file's own EPERM: the call is found to exist and is used for other files.
    bool once = true;
    kernel.instead = [&](const std::string& call, std::size_t, std::uint64_t length) {
        return call == "copy_file_range" && length > 1 && std::exchange(once, false)
                   ? refuse(call, "copy_file_range", EPERM)
                   : std::nullopt;
    };
    way_of<disk_file_source, disk_file_sink>({}, &kernel);
    BOOST_TEST((knowledge(kernel, method::copy_file_range) == availability::available));
    BOOST_TEST((way_of<disk_file_source, disk_file_sink>({}, &kernel)) == "copy_file_range");

    // A filter: the call is found to be missing and is not made again.
    kernel.instead = [&](const std::string& call, std::size_t, std::uint64_t) {
        return refuse(call, "sendfile", EPERM);
    };
    const std::size_t before = kernel.count("sendfile");
    way_of<disk_file_source, tcp_sink>({}, &kernel);
    BOOST_TEST((knowledge(kernel, method::sendfile) == availability::unavailable));
    const std::size_t made = kernel.count("sendfile");
    BOOST_TEST(made - before == 2u); // the failure and the probe
    BOOST_TEST((way_of<disk_file_source, tcp_sink>({}, &kernel)) == "buffer");
    BOOST_TEST(kernel.count("sendfile") == made);
}

BOOST_AUTO_TEST_CASE(S34_S40_P9_no_call_is_asked_for_more_than_a_gibibyte, *needs_kernel_methods)
{
    fake_kernel kernel;
    const copy_options huge{.disk = kernel_copy::disk::inline_, .turn_budget = ~std::uint64_t{0}};
    way_of<tcp_source, tcp_sink>(huge, &kernel);
    way_of<pipe_source, disk_file_sink>(huge, &kernel);
    way_of<disk_file_source, disk_file_sink>(huge, &kernel);
    BOOST_TEST(kernel.largest("splice") == std::uint64_t{1} << 30);
    BOOST_TEST(kernel.largest("copy_file_range") == std::uint64_t{1} << 30);
}

BOOST_AUTO_TEST_CASE(P6_sendfile_is_asked_for_no_more_than_the_file_holds, *needs_kernel_methods)
{
    fake_kernel kernel;
    way_of<disk_file_source, tcp_sink>({.turn_budget = ~std::uint64_t{0}}, &kernel);
    // The last call, which asks whether the file has grown, is the one that may ask for more.
    std::vector<std::uint64_t> asked;
    kernel.instead = [&](const std::string& call, std::size_t, std::uint64_t length) -> fake_kernel::answer {
        if (call == "sendfile")
            asked.push_back(length);
        return std::nullopt;
    };
    way_of<disk_file_source, tcp_sink>({.turn_budget = ~std::uint64_t{0}}, &kernel);
    BOOST_REQUIRE(asked.size() >= 2u);
    asked.pop_back();
    for (const std::uint64_t length : asked)
        BOOST_TEST(length <= 200'000u);
}

BOOST_AUTO_TEST_SUITE_END()
