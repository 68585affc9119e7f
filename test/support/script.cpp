// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

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
    const bool as_expected = next.kind == what.kind && next.by == what.by.value_or(next.by) &&
                             next.length == what.length && next.offset == what.offset;
    if (!as_expected)
        broken("the engine wants " + describe(next));
    return *this;
}

script& script::gives(std::uint64_t bytes, stop_request stop)
{
    return answers(bytes, 0, stop);
}

script& script::gives_and_fails(std::uint64_t bytes, int error, stop_request stop)
{
    return answers(bytes, error, stop);
}

script& script::answers(std::uint64_t bytes, int error, stop_request stop)
{
    if (broken_)
        return *this;
    const reply r{.how = {.bytes = bytes, .error = error != 0 ? errno_code(error) : error_code{}}, .stop = stop};
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
