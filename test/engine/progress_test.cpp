// Distributed under the Boost Software License, Version 1.0.
#include <support/scenario.hpp>

#include <boost/test/unit_test.hpp>

namespace kernel_copy::test {

namespace {

source_stack stack_of(std::vector<layer_spec> layers, std::optional<std::uint64_t> position = {})
{
    scenario s{};
    s.layers = std::move(layers);
    s.position = position;
    return source_stack{s};
}

} // namespace

BOOST_AUTO_TEST_SUITE(progress)

BOOST_AUTO_TEST_CASE(S26_the_least_limit_is_allowed)
{
    source_stack none = stack_of({});
    BOOST_TEST(none.begin_counts().allowed() == no_limit);
    BOOST_TEST(none.begin_counts().front() == nullptr);
    source_stack three = stack_of({take(9), prefixed(3), take(4), exactly(7)});
    BOOST_TEST(three.begin_counts().allowed() == 4u);
}

BOOST_AUTO_TEST_CASE(S23_S24_the_front_is_the_outermost_memory_that_limits_let_through)
{
    source_stack stack = stack_of({take(5), prefixed(3), take(9), prefixed(10)});
    detail::progress counts = stack.begin_counts();
    BOOST_TEST(stack.index_of(*counts.front()) == 1u);
    BOOST_TEST(counts.front_length() == 3u);
    counts.delivered_from_memory(3);
    BOOST_TEST(stack.index_of(*counts.front()) == 3u);
    BOOST_TEST(counts.front_length() == 2u);
    counts.delivered_from_memory(2);
    BOOST_TEST(counts.front() == nullptr);
    BOOST_TEST(counts.front_length() == 0u);
    BOOST_TEST(stack.limit_left(0) == 0u);
    BOOST_TEST(stack.limit_left(2) == 7u);
    BOOST_TEST(stack.consumed(3) == 2u);
    BOOST_TEST(counts.taken() == 5u);
    BOOST_TEST(counts.delivered() == 5u);
    BOOST_TEST(counts.taken_from_innermost() == 0u);
}

BOOST_AUTO_TEST_CASE(S25_a_limit_inside_does_not_shrink_by_memory_outside_of_it)
{
    source_stack stack = stack_of({prefixed(3), take(9)});
    detail::progress counts = stack.begin_counts();
    counts.delivered_from_memory(2);
    BOOST_TEST(stack.limit_left(1) == 9u);
}

// The user must not, but it is no reason to count wrongly, or to take from what is not there.
BOOST_AUTO_TEST_CASE(memory_that_somebody_empties_meanwhile)
{
    std::uint64_t limit = 9;
    std::size_t held = 0;
    const detail::source_layer layers[] = {
        {.limit = &limit,
         .memory = {.object = &held,
                    .size = [](void* n) { return *static_cast<std::size_t*>(n); },
                    .consume = [](void*, std::size_t) { BOOST_ERROR("there is nothing"); }}}};
    detail::progress counts{layers, nullptr};
    counts.delivered_from_memory(3);
    BOOST_TEST(counts.delivered() == 3u);
    BOOST_TEST(limit == 6u);
}

BOOST_AUTO_TEST_CASE(memory_with_a_limit_of_its_own_counts_against_it)
{
    std::uint64_t limit = 9;
    std::size_t held = 3;
    const detail::source_layer layers[] = {
        {.limit = &limit,
         .memory = {.object = &held,
                    .size = [](void* n) { return *static_cast<std::size_t*>(n); },
                    .consume = [](void* object, std::size_t n) { *static_cast<std::size_t*>(object) -= n; }}}};
    detail::progress counts{layers, nullptr};
    counts.delivered_from_memory(2);
    BOOST_TEST(limit == 7u);
    BOOST_TEST(held == 1u);
}

BOOST_AUTO_TEST_CASE(behind_memory_whose_source_has_ended_there_is_nothing)
{
    std::uint64_t outer = 9;
    std::uint64_t owed = 7;
    std::size_t held = 3;
    const detail::memory_ref memory{
        .object = &held,
        .size = [](void* n) { return *static_cast<std::size_t*>(n); },
        .consume = [](void* object, std::size_t n) { *static_cast<std::size_t*>(object) -= n; }};
    const detail::source_layer layers[] = {
        {.limit = &outer}, {.ends = true, .memory = memory}, {.limit = &owed, .exact = true, .memory = memory}};
    detail::progress counts{layers, nullptr};
    BOOST_TEST(counts.front() == &layers[1]);
    BOOST_TEST(counts.front_length() == 3u);
    BOOST_TEST(counts.allowed_behind(3) == 0u);
    counts.delivered_from_memory(3);
    BOOST_TEST(outer == 6u);
    BOOST_TEST(owed == 7u);
    BOOST_TEST(counts.front() == nullptr);
    BOOST_TEST(counts.front_length() == 0u);
    BOOST_TEST(counts.allowed() == 0u);
    BOOST_TEST(counts.truncated());
    counts.delivered_from_memory(1); // who has emptied it meanwhile does not learn what
    BOOST_TEST(counts.delivered() == 4u);
}

BOOST_AUTO_TEST_CASE(S27_P20_what_is_taken_and_given_back_moves_limits_and_position)
{
    source_stack stack = stack_of({take(50), exactly(20)}, 1000);
    detail::progress counts = stack.begin_counts();
    BOOST_TEST(counts.has_position());
    counts.took(15);
    BOOST_TEST(stack.position() == 1015u);
    BOOST_TEST(stack.limit_left(0) == 35u);
    BOOST_TEST(stack.limit_left(1) == 5u);
    counts.delivered(4);
    BOOST_TEST(counts.in_flight() == 11u);
    counts.gave_back(11);
    BOOST_TEST(counts.in_flight() == 0u);
    BOOST_TEST(counts.taken_from_innermost() == 4u);
    BOOST_TEST(stack.position() == 1004u);
    BOOST_TEST(stack.limit_left(0) == 46u);
    BOOST_TEST(stack.limit_left(1) == 16u);
}

BOOST_AUTO_TEST_CASE(B6_more_than_was_asked_for_leaves_a_limit_at_zero)
{
    source_stack stack = stack_of({take(5)});
    detail::progress counts = stack.begin_counts();
    counts.took(6);
    BOOST_TEST(stack.limit_left(0) == 0u);
}

BOOST_AUTO_TEST_CASE(the_largest_limit_is_a_limit_like_any_other)
{
    source_stack stack = stack_of({take(no_limit)});
    detail::progress counts = stack.begin_counts();
    counts.took(10);
    BOOST_TEST(stack.limit_left(0) == no_limit - 10);
    counts.gave_back(3);
    BOOST_TEST(stack.limit_left(0) == no_limit - 7);
    BOOST_TEST(!counts.truncated());
}

BOOST_AUTO_TEST_CASE(truncation_is_judged_from_the_outermost_limit_inwards)
{
    const auto truncated = [](std::vector<layer_spec> layers) {
        return stack_of(std::move(layers)).begin_counts().truncated();
    };
    BOOST_TEST(!truncated({}));
    BOOST_TEST(!truncated({take(1)}));
    BOOST_TEST(truncated({exactly(1)}));
    BOOST_TEST(!truncated({exactly(0)}));
    BOOST_TEST(truncated({take(1), exactly(1)}));
    BOOST_TEST(!truncated({take(0), exactly(1)}));
    BOOST_TEST(truncated({exactly(1), take(0)}));
    BOOST_TEST(truncated({prefixed(1), take(2), exactly(1)}));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test
