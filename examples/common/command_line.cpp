// Distributed under the Boost Software License, Version 1.0.
#include "command_line.hpp"

#include <boost/program_options/parsers.hpp>

#include <cstdlib>
#include <iostream>

namespace kernel_copy::example {

namespace {

namespace po = boost::program_options;

std::string usage_line(const program_description& about)
{
    std::string line = "usage: " + about.name + " [OPTION...]";
    for (const std::string& argument : about.arguments)
        line += ' ' + argument;
    return line;
}

po::options_description all_options(const program_description& about)
{
    po::options_description all{about.options};
    auto add = all.add_options();
    add("stats", "print what was moved, how, and at what cost, to stderr at the end");
    add("plain", "move the bytes with a plain Asio read and write loop instead, for comparison");
    add("help", "print this");
    return all;
}

command_line parse(int argc, const char* const* argv, const po::options_description& visible, std::size_t expected)
{
    po::options_description known;
    known.add(visible).add_options()("argument", po::value<std::vector<std::string>>());
    po::positional_options_description positional;
    positional.add("argument", -1);

    command_line line;
    try
    {
        using namespace po::command_line_style;
        const auto style = static_cast<int>(unix_style) & ~static_cast<int>(allow_guessing);
        po::store(po::command_line_parser(argc, argv).options(known).positional(positional).style(style).run(),
                  line.options);
        po::notify(line.options);
    }
    catch (const po::error& e)
    {
        throw usage_error{e.what()};
    }
    if (line.options.contains("argument"))
        line.arguments = line.options["argument"].as<std::vector<std::string>>();
    if (line.options.contains("help"))
        return line;
    if (line.arguments.size() != expected)
        throw usage_error{std::to_string(expected) + " arguments are needed"};
    line.statistics = line.options.contains("stats");
    line.plain = line.options.contains("plain");
    return line;
}

} // namespace

int run_program(int argc, const char* const* argv, const program_description& about,
                const std::function<int(const command_line&)>& program)
{
    try
    {
        const auto options = all_options(about);
        const command_line line = parse(argc, argv, options, about.arguments.size());
        if (line.options.contains("help"))
        {
            std::cout << usage_line(about) << '\n' << options;
            return EXIT_SUCCESS;
        }
        return program(line);
    }
    catch (const usage_error& e)
    {
        std::cerr << about.name << ": " << e.what() << '\n' << usage_line(about) << '\n';
        return 2;
    }
    catch (const std::exception& e)
    {
        std::cerr << about.name << ": " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}

} // namespace kernel_copy::example
