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
    const char* const statistics = "print what was moved, how, and at what cost, to stderr at the end";
    if (about.periodic_statistics)
        add("stats", po::value<std::string>()->implicit_value("0")->value_name("S"),
            (statistics + std::string{", and every S seconds"}).c_str());
    else
        add("stats", statistics);
    add("plain", "move the bytes with a plain Asio read and write loop instead, for comparison");
    add("help", "print this");
    return all;
}

// Boost gives an option whose value may be left out the next argument; here only "=" does that.
std::pair<std::string, std::string> lone_statistics(const std::string& argument)
{
    return argument == "--stats" ? std::pair{"stats", "0"} : std::pair{"", ""};
}

command_line parse(int argc, const char* const* argv, const program_description& about,
                   const po::options_description& visible)
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
        po::command_line_parser parser{argc, argv};
        parser.options(known).positional(positional).style(style);
        if (about.periodic_statistics)
            parser.extra_parser(lone_statistics);
        po::store(parser.run(), line.options);
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
    if (line.arguments.size() != about.arguments.size())
        throw usage_error{std::to_string(about.arguments.size()) + " arguments are needed"};
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
        const command_line line = parse(argc, argv, about, options);
        if (line.options.contains("help"))
        {
            std::cout << usage_line(about) << '\n' << about.details << options;
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
