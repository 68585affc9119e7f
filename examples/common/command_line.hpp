// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_COMMAND_LINE_HPP
#define KERNEL_COPY_EXAMPLE_COMMAND_LINE_HPP

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

namespace kernel_copy::example {

/// The command line makes no sense: the program ends with its usage line and status 2.
struct usage_error : std::runtime_error
{
    using std::runtime_error::runtime_error;
};

struct command_line
{
    std::vector<std::string> arguments; ///< as many as the usage line names
    bool statistics = false;            ///< --stats
    bool plain = false;                 ///< --plain
    boost::program_options::variables_map options{};
};

struct program_description
{
    std::string name;
    std::vector<std::string> arguments; ///< their names
    std::string details{};              ///< what --help says between the usage line and the options
    bool periodic_statistics = false;   ///< --stats=S, whose S is in `options`
    boost::program_options::options_description options{"Options"};
};

/// The frame of main(): reads the command line and runs the program; its result is the exit status. What is
/// thrown becomes a line on stderr: status 2 for a usage_error, 1 for everything else.
int run_program(int argc, const char* const* argv, const program_description& about,
                const std::function<int(const command_line&)>& program);

} // namespace kernel_copy::example

#endif
