// Distributed under the Boost Software License, Version 1.0.
#include "contender.hpp"

#include "loopback.hpp"

#include <boost/algorithm/string/replace.hpp>

#include <unistd.h>

namespace benchmark::relay {

contender make_contender(const built_in& what)
{
    const std::string name{what.name};
    return {name, what.kind, [=](std::uint16_t upstream_port) -> running_relay {
                const listener at = listen_on_loopback();
                auto started = std::make_unique<process>(
                    std::vector<std::string>{"/proc/self/exe", "--serve", name, "--listen-descriptor", "3",
                                             "--upstream-port", std::to_string(upstream_port)},
                    at.descriptor);
                ::close(at.descriptor);
                return {std::move(started), at.port};
            }};
}

contender make_contender(const std::string& name, const std::string& command)
{
    return {name, family::peer, [=](std::uint16_t upstream_port) -> running_relay {
                const std::uint16_t listen_port = likely_free_port();
                const std::string host = "127.0.0.1";
                std::string filled = "exec " + command;
                for (const auto& [side, port] : {std::pair{std::string{"listen"}, std::to_string(listen_port)},
                                                 std::pair{std::string{"upstream"}, std::to_string(upstream_port)}})
                {
                    boost::replace_all(filled, "{" + side + "}", host + ":" + port);
                    boost::replace_all(filled, "{" + side + "_host}", host);
                    boost::replace_all(filled, "{" + side + "_port}", port);
                }
                return {std::make_unique<process>(std::vector<std::string>{"/bin/sh", "-c", filled}), listen_port};
            }};
}

} // namespace benchmark::relay
