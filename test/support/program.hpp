// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_PROGRAM_HPP
#define KERNEL_COPY_TEST_SUPPORT_PROGRAM_HPP

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace test {

/// A program that runs beside the test and ends before it. It inherits no descriptors but those given as its
/// standard input and output (else /dev/null) and the standard error.
class program
{
public:
    explicit program(std::vector<std::string> arguments, int in = -1, int out = -1);
    program(const program&) = delete;
    program& operator=(const program&) = delete;
    ~program(); // kills it, if it still runs

    /// Its exit status, or minus the signal that ended it; nothing if it still runs after the bound.
    std::optional<int> wait(std::chrono::milliseconds bound);

private:
    void collect();

    pid_t id_ = -1;
    std::optional<int> status_{};
};

/// Where a program is; root's directories count.
std::optional<std::string> find_program(const std::string& name);

/// For what needs a program that may be missing. A test that is left out says so.
struct needs_program
{
    boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const
    {
        boost::test_tools::assertion_result answer{find_program(name).has_value()};
        answer.message() << name << " is missing";
        return answer;
    }

    std::string name;
};

} // namespace test

#endif
