// Distributed under the Boost Software License, Version 1.0.
//
// P19: files that are cut short, grow, or lose their name while they are copied; at each of the first steps, or while
// the sink is waited for.
#include "support/disk_ends.hpp"
#include "support/held_kernel.hpp"
#include "support/page_cache.hpp"

#include <functional>

using namespace test;
using kernel_copy::copy_options;
using kernel_copy::exactly;
using kernel_copy::file_range;
using kernel_copy::method;
using kernel_copy::method_set;

namespace {

constexpr std::uint64_t size = 2'000'000;
constexpr std::uint64_t most_system_calls = 2000;

enum class view : std::uint8_t
{
    whole,
    exact,
    range,
    range_to_the_end
};

/// A copy of a file, with which something is done once some bytes have arrived.
struct changing
{
    explicit changing(bool is_cold)
    {
        write_file(dir.path("in"), content(size));
        if (is_cold)
            drop_cache(dir.path("in"));
        file = open_file(io, dir.path("in"), kernel_copy::file::read_write);
    }

    void start(view as, local::socket& sink, const copy_options& options)
    {
        using kernel_copy::async_kernel_copy;
        if (as == view::whole)
            async_kernel_copy(file, sink, options, result.handler());
        else if (as == view::exact)
            async_kernel_copy(exactly(file, size), sink, options, result.handler());
        else if (as == view::range)
            async_kernel_copy(file_range(file, 0, size), sink, options, result.handler());
        else
            async_kernel_copy(file_range(file, 0), sink, options, result.handler());
    }

    temp_dir dir{};
    asio::io_context io{};
    kernel_copy::file file{io};
    outcome result{};
};

/// Copies to a socket whose peer takes all, and changes the file meanwhile.
void during_a_copy(view as, bool cold, const copy_options& way, const std::function<void(changing&)>& change,
                   const std::function<void(const changing&, const std::string&)>& check)
{
    kernel_copy::monitor counters;
    copy_options options = way;
    options.monitor = &counters;
    changing c{cold};
    receiver peer{c.io};
    c.start(as, peer.sink(), options);
    std::string arrived;
    run_until(c.io, [&] { // until some has come
        asio::post(c.io, [] {});
        arrived += peer.arrived();
        return !arrived.empty();
    });
    BOOST_TEST(!c.result.done);
    change(c);
    run_until(c.io, [&] {
        arrived += peer.arrived();
        return c.result.done;
    });
    arrived += peer.arrived();
    BOOST_TEST(c.result.bytes == arrived.size());
    const bool by_cursor = as == view::whole || as == view::exact;
    BOOST_TEST(position_of(c.file.native_handle()) == (by_cursor ? c.result.bytes : 0));
    BOOST_TEST(counters.delivered() == c.result.bytes);
    BOOST_TEST(counters.taken() == c.result.bytes);
    BOOST_TEST(counters.system_calls() < most_system_calls);
    check(c, arrived);
}

template <class Function>
void for_all(Function function)
{
    for (const bool cold : {false, true})
        for (const disk d : all_disks)
            for (const auto& methods : {method_set{}, method_set{method::buffer}})
                for (const view as : {view::whole, view::exact, view::range, view::range_to_the_end})
                    BOOST_TEST_CONTEXT((cold ? "cold " : "warm ") << d << (methods == method_set{} ? "" : " buffer")
                                                                  << " view " << static_cast<int>(as))
                    {
                        // Steps and turns are small, so that nothing is over before it is looked at.
                        function(as, cold, copy_options{.methods = methods, .disk = d, .turn_budget = 100'000});
                    }
}

bool owes(view as)
{
    return as == view::exact || as == view::range;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(changing_files, balance)

BOOST_AUTO_TEST_CASE(a_file_that_is_cut_short_ends_the_copy)
{
    for_all([](view as, bool cold, const copy_options& way) {
        during_a_copy(
            as, cold, way, [](changing& c) { c.file.resize(1); },
            [&](const changing& c, const std::string& arrived) {
                BOOST_TEST(c.result.error == (owes(as) ? failure(errc::source_truncated) : error_code{}));
                BOOST_TEST(c.result.bytes < size);
                // Pages that were shared before lose their bytes with the file; what was copied keeps them.
                if (way.methods != method_set{})
                    CHECK_SAME_BYTES(arrived, content(arrived.size()));
            });
    });
}

BOOST_AUTO_TEST_CASE(one_that_is_cut_ahead_is_followed_to_its_new_end)
{
    constexpr std::uint64_t left = 1'500'001;
    for_all([](view as, bool cold, const copy_options& way) {
        during_a_copy(
            as, cold, way, [](changing& c) { c.file.resize(left); },
            [&](const changing& c, const std::string& arrived) {
                BOOST_TEST(c.result.error == (owes(as) ? failure(errc::source_truncated) : error_code{}));
                CHECK_SAME_BYTES(arrived, content(left));
            });
    });
}

BOOST_AUTO_TEST_CASE(one_that_grows_is_followed_to_its_end)
{
    constexpr std::uint64_t grown = size + 300'001;
    for_all([](view as, bool cold, const copy_options& way) {
        const auto grow = [](changing& c) {
            std::ofstream{c.dir.path("in"), std::ios::app | std::ios::binary} << content(grown - size, size);
        };
        during_a_copy(as, cold, way, grow, [&](const changing& c, const std::string& arrived) {
            BOOST_TEST(!c.result.error);
            CHECK_SAME_BYTES(arrived, content(owes(as) ? size : grown));
        });
    });
}

BOOST_AUTO_TEST_CASE(one_that_loses_its_name_is_copied_all_the_same)
{
    for (const bool replaced : {false, true})
        for_all([=](view as, bool cold, const copy_options& way) {
            const auto change = [=](changing& c) {
                write_file(c.dir.path("other"), std::string(5000, '-'));
                if (replaced)
                    std::filesystem::rename(c.dir.path("other"), c.dir.path("in"));
                else
                    std::filesystem::remove(c.dir.path("in"));
            };
            during_a_copy(as, cold, way, change, [&](const changing& c, const std::string& arrived) {
                BOOST_TEST(!c.result.error);
                CHECK_SAME_BYTES(arrived, content(size));
            });
        });
}

BOOST_AUTO_TEST_CASE(a_source_that_is_cut_short_between_two_steps_to_a_file)
{
    for (const auto& methods : {method_set{}, method_set{method::sendfile}, method_set{method::buffer}})
        for (const bool exact : {false, true})
        {
            held_kernel kernel;
            changing c{false};
            auto out = create_file(c.io, c.dir.path("out"));
            kernel_copy::monitor counters;
            const copy_options options{.methods = methods, .monitor = &counters};
            if (exact)
                kernel_copy::async_kernel_copy(exactly(c.file, size), out, options, c.result.handler());
            else
                kernel_copy::async_kernel_copy(c.file, out, options, c.result.handler());
            kernel.let_pass(2);
            run_until(c.io, [&] {
                asio::post(c.io, [] {});
                return kernel.steps() >= 3;
            });
            c.file.resize(1);
            kernel.open();
            run_until(c.io, [&] { return c.result.done; });
            BOOST_TEST(c.result.error == (exact ? failure(errc::source_truncated) : error_code{}));
            BOOST_TEST(position_of(c.file.native_handle()) == c.result.bytes);
            BOOST_TEST(position_of(out.native_handle()) == c.result.bytes);
            BOOST_TEST(counters.system_calls() < 100u);
            CHECK_SAME_BYTES(read_file(c.dir.path("out")), content(c.result.bytes));
        }
}

BOOST_AUTO_TEST_SUITE_END()
