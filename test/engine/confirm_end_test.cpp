// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <cerrno>

namespace kernel_copy::test {

namespace {

constexpr std::uint64_t turn = 256 * 1024;
constexpr std::uint64_t buffer = 64 * 1024;

constexpr end_kind sinks[] = {end_kind::stream_socket, end_kind::pipe};

scenario from_a_socket(end_kind sink)
{
    scenario s = between(end_kind::stream_socket, sink);
    s.looks = true;
    return s;
}

/// Up to a splice that gives nothing.
script& up_to_the_look(script& s, end_kind sink)
{
    if (sink == end_kind::pipe)
        return s.expect(transfer(method::splice, turn))
            .gives(100)
            .expect(transfer(method::splice, turn - 100))
            .gives(0)
            .expect(confirm_end);
    return s.expect(open_pipe)
        .done()
        .expect(fill_pipe(turn))
        .gives(100)
        .expect(drain_pipe(100))
        .gives(100)
        .expect(fill_pipe(turn - 100))
        .gives(0)
        .expect(confirm_end);
}

} // namespace

BOOST_AUTO_TEST_SUITE(looking_at_the_end)

BOOST_AUTO_TEST_CASE(P1_the_end_is_believed_when_a_look_finds_nothing)
{
    for (const end_kind sink : sinks)
    {
        script end{from_a_socket(sink)};
        up_to_the_look(end, sink).gives(0).finishes({}, 100);
        script no_socket{from_a_socket(sink)}; // a wrong hint
        up_to_the_look(no_socket, sink).fails(ENOTSOCK).finishes({}, 100);
    }
}

BOOST_AUTO_TEST_CASE(P1_what_a_splice_can_not_take_is_read)
{
    // Bytes beyond an urgent mark, or a mark and nothing behind it yet.
    for (const end_kind sink : sinks)
        for (const bool has_more : {true, false})
        {
            script s{from_a_socket(sink)};
            if (has_more)
                up_to_the_look(s, sink).gives(1);
            else
                up_to_the_look(s, sink).fails(EAGAIN);
            s.expect(read_source(buffer)).gives(20);
            s.expect(write_buffer(20)).gives(20);
            s.expect(read_source(buffer)).gives(0);
            s.finishes({}, 120);
        }
}

BOOST_AUTO_TEST_CASE(P32_a_look_that_fails_ends_the_copy)
{
    for (const end_kind sink : sinks)
    {
        script s{from_a_socket(sink)};
        up_to_the_look(s, sink).fails(ECONNRESET).finishes(errno_code(ECONNRESET), 100);
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace kernel_copy::test
