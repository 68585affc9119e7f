// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cerrno>

namespace kernel_copy::test {

script::script(const scenario& of, place where) : scenario_{of}, run_{of, no_limit}, where_{where} {}

void script::broken(const std::string& how)
{
    broken_ = true;
    BOOST_ERROR(where_.text() + ": " + how);
}

script& script::expect(const expected& what, place where)
{
    if (broken_)
        return *this;
    where_ = where;
    const action& next = run_.next();
    const std::uint64_t difference = std::max(next.length, what.length) - std::min(next.length, what.length);
    const bool as_expected = next.kind == what.kind && next.by == what.by.value_or(next.by) &&
                             difference <= what.slack && next.offset == what.offset && next.half == what.half &&
                             next.runs == what.runs && next.more == what.more;
    if (!as_expected)
        broken("the engine wants " + describe(next));
    return *this;
}

script& script::done(stop_request stop)
{
    const action_kind kind = run_.next().kind;
    const std::uint64_t grown = scenario_.setup.pipe_capacity;
    return gives(kind == action_kind::open_pipe ? pipe_capacity : kind == action_kind::grow_pipe ? grown : 0, stop);
}

script& script::begins()
{
    return say({.how = {.begun = true}});
}

script& script::hears(stop_request stop)
{
    return say({.heard = stop});
}

script& script::answers(const outcome& how, stop_request stop)
{
    const event e{.bytes = how.bytes,
                  .error = how.error != 0 ? errno_code(how.error) : error_code{},
                  .side = how.side.value_or(detail::side_of(run_.next().kind))};
    return say({.how = e, .stop = stop});
}

script& script::say(const reply& r)
{
    if (broken_)
        return *this;
    replies_.push_back(r);
    try
    {
        run_.step(r);
    }
    catch (const violation& v)
    {
        broken(v.what());
    }
    return *this;
}

script& script::finishes(const error_code& error, std::uint64_t delivered, std::optional<std::uint64_t> taken,
                         place where)
{
    if (broken_)
        return *this;
    where_ = where;
    if (!run_.finished())
    {
        broken("the engine wants " + describe(run_.next()));
        return *this;
    }
    BOOST_TEST_INFO("at line " << where.line);
    BOOST_TEST(run_.next().error == error, run_.next().error.message());
    BOOST_TEST_INFO("at line " << where.line);
    BOOST_TEST(engine().counts().delivered() == delivered);
    BOOST_TEST_INFO("at line " << where.line);
    BOOST_TEST(engine().counts().taken() == taken.value_or(delivered));
    replay(scenario_, replies_, where);
    return *this;
}

} // namespace kernel_copy::test
