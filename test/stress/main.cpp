// Distributed under the Boost Software License, Version 1.0.

// The soak: many relays and copies at once, on several contexts and threads, with peers that are slow, fall silent and
// reset, with cancellations, closed ends, destroyed contexts and no descriptors. Every byte is checked, and every count.

#include "round.hpp"
#include "support/counted_new.hpp"
#include "support/system.hpp"

#include <boost/asio/thread_pool.hpp>

#include <algorithm>
#include <exception>
#include <iostream>
#include <stdexcept>

namespace {

using namespace soak;

/// What must be the same whenever nothing is under way.
struct balance
{
    std::size_t descriptors = test::open_descriptors();
    std::size_t blocks = test::blocks_in_use();
    std::size_t bytes = test::bytes_in_use();
};

void run_one(const settings& with, const files& sources, tally& counts, scarcity& descriptors,
             std::atomic<std::uint64_t>& next_transfer, std::uint64_t seed, std::chrono::milliseconds time)
{
    registry under_way;
    boost::asio::thread_pool disk_threads{2};
    site s{with, sources, counts, descriptors, under_way, next_transfer, disk_threads.get_executor()};
    run_round(s, seed, time);
    disk_threads.join();
}

// Ends the program as usual, so that a checker of leaks has its say.
void check(const balance& before, const balance& now)
{
    if (now.descriptors != before.descriptors)
        throw std::runtime_error{"descriptors: " + std::to_string(before.descriptors) + " before, " +
                                 std::to_string(now.descriptors) + " after"};
    if (now.blocks != before.blocks)
        throw std::runtime_error{"blocks of memory: " + std::to_string(before.blocks) + " before, " +
                                 std::to_string(now.blocks) + " after (" + std::to_string(before.bytes) + " and " +
                                 std::to_string(now.bytes) + " bytes)"};
}

void run(const settings& with)
{
    using std::chrono::milliseconds;
    const files sources{with.directory, with.most_bytes};
    tally counts;
    scarcity descriptors;
    std::atomic<std::uint64_t> next_transfer{with.first};
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{with.seconds};
    const auto is_over = [&] {
        return std::chrono::steady_clock::now() >= end ||
               (with.transfers != 0 && next_transfer - with.first >= with.transfers);
    };
    draw d{with.seed};
    // What is allocated once and for all, by the C library for one, is there after a little of everything.
    run_one(with, sources, counts, descriptors, next_transfer, d.next(), milliseconds{500});
    const balance before;
    unsigned rounds = 0;
    while (!is_over())
    {
        const auto left = std::chrono::duration_cast<milliseconds>(end - std::chrono::steady_clock::now());
        run_one(with, sources, counts, descriptors, next_transfer, d.next(),
                std::min<milliseconds>(left, std::chrono::seconds{with.round}));
        rounds += 1;
        check(before, balance{});
        sources.check_positions();
        if (with.verbose)
            std::cout << "round " << rounds << ": " << next_transfer << " transfers" << std::endl;
    }
    counts.scarcities = descriptors.periods();
    counts.print(std::cout);
    const balance now;
    std::cout << rounds << " rounds; descriptors " << before.descriptors << " before, " << now.descriptors
              << " after; memory " << before.bytes << " bytes before, " << now.bytes << " after" << std::endl;
}

} // namespace

int main(int argc, char** argv)
try
{
    settings with;
    if (!read_arguments(argc, argv, with))
        return 0;
    set_seed_of_faults(with.seed);
    watch_for_sigpipe();
    run(with);
}
catch (const std::exception& e)
{
    std::cerr << "soak: " << e.what() << '\n';
    return 1;
}
