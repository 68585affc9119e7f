// Distributed under the Boost Software License, Version 1.0.
#include "support/relays.hpp"

#include <boost/mp11/algorithm.hpp>
#include <boost/mp11/list.hpp>

using namespace test;

namespace {

using plain_links = boost::mp11::mp_list<tcp_link, local_link, descriptor_link>;
using plain_pairs = boost::mp11::mp_product<relayed, plain_links, plain_links>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(both_ways, descriptor_balance)

BOOST_AUTO_TEST_CASE_TEMPLATE(bytes_go_both_ways_at_once, relay, plain_pairs)
{
    for (const auto& [out, back] : std::initializer_list<std::pair<std::uint64_t, std::uint64_t>>{
             {0, 0}, {1, 0}, {0, 1}, {64, 64}, {65'536, 65'537}, {3'000'000, 1'234'567}})
    {
        relay r;
        r.send_both_ways(out, back);
    }
}

BOOST_AUTO_TEST_SUITE_END()
