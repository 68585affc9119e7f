// Distributed under the Boost Software License, Version 1.0.
//
// EMFILE where a duplicate for a worker or the pipes are needed: the copy is done in another way.
#include "support/cold_source.hpp"
#include "support/disk_ends.hpp"
#include "support/scarcity.hpp"

#include <tuple>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::method;
using kernel_copy::method_set;

namespace {

constexpr std::size_t size = 1'000'000;

template <class Source, class Sink>
void copies_all_the_same()
{
    for (const disk d : {disk::when_cold, disk::always})
        for (const auto& methods : {method_set{}, method_set{method::buffer}})
            for (std::size_t spare = 0; spare != 8; ++spare)
                BOOST_TEST_CONTEXT(d << (methods == method_set{} ? "" : " buffer") << " spare: " << spare)
                {
                    asio::io_context io;
                    Source source{io, content(size)};
                    Sink sink{io};
                    outcome result;
                    {
                        const scarcity few{spare};
                        kernel_copy::async_kernel_copy(source.end(), sink.end(), {.methods = methods, .disk = d},
                                                       result.handler());
                        run_until(io, [&] { return result.done; });
                    }
                    sink.finish();
                    run(io);
                    BOOST_TEST(!result.error, result.error.message());
                    BOOST_TEST(result.bytes == size);
                    CHECK_SAME_BYTES(sink.bytes(), content(size));
                }
}

using pairs = std::tuple<std::pair<disk_file_source, tcp_sink>, std::pair<cold_source, tcp_sink>,
                         std::pair<cold_source, pipe_sink>, std::pair<cold_source, opaque_sink>,
                         std::pair<cold_source, terminal_sink>, std::pair<cold_source, disk_file_sink>,
                         std::pair<tcp_source, disk_file_sink>, std::pair<pipe_source, disk_file_sink>,
                         std::pair<opaque_source, disk_file_sink>>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk_descriptors, balance)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_lack_of_descriptors_ends_no_copy, Pair, pairs)
{
    copies_all_the_same<typename Pair::first_type, typename Pair::second_type>();
}

BOOST_AUTO_TEST_CASE(not_even_when_only_one_side_gets_what_it_needs_in_the_middle)
{
    // A cold file whose first half was sent from memory: what a worker needs is asked for then.
    asio::io_context io;
    temp_dir dir;
    write_file(dir.path("in"), content(size));
    drop_cache(dir.path("in"));
    std::string warm(size / 2, '\0');
    auto file = open_file(io, dir.path("in"));
    BOOST_REQUIRE(::posix_fadvise(file.native_handle(), 0, 0, POSIX_FADV_RANDOM) == 0); // no reads ahead
    BOOST_REQUIRE(::pread(file.native_handle(), warm.data(), warm.size(), 0) == static_cast<ssize_t>(warm.size()));
    for (std::size_t spare = 0; spare != 6; ++spare)
    {
        file.seek(0, kernel_copy::file::seek_set);
        tcp_sink sink{io};
        outcome result;
        {
            const scarcity few{spare};
            kernel_copy::async_kernel_copy(file, sink.end(), {.turn_budget = 100'000}, result.handler());
            run_until(io, [&] { return result.done; });
        }
        sink.finish();
        run(io);
        BOOST_TEST(!result.error);
        BOOST_TEST(position_of(file.native_handle()) == size);
        CHECK_SAME_BYTES(sink.bytes(), content(size));
    }
}

BOOST_AUTO_TEST_SUITE_END()
