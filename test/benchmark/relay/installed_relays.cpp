// Distributed under the Boost Software License, Version 1.0.
#include "installed_relays.hpp"

#include "loopback.hpp"
#include "system.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include <sys/resource.h>
#include <unistd.h>

namespace benchmark::relay {

namespace {

/// Empty if there is none.
std::filesystem::path find_program(const std::string& name)
{
    const char* const path = std::getenv("PATH");
    std::istringstream directories{path == nullptr ? "" : path};
    for (std::string directory; std::getline(directories, directory, ':');)
        if (const auto program = std::filesystem::path{directory} / name; ::access(program.c_str(), X_OK) == 0)
            return program;
    return {};
}

void write_file(const std::filesystem::path& name, const std::string& text)
{
    std::ofstream file{name};
    file << text;
    if (!file.flush())
        throw std::runtime_error{"can't write " + name.string()};
}

std::string address(std::uint16_t port)
{
    return "127.0.0.1:" + std::to_string(port);
}

/// As many as HAProxy can open descriptors for (two a connection, two a pipe), and enough for all scenarios.
unsigned connection_limit()
{
    rlimit limit{};
    check(::getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
    return static_cast<unsigned>(std::min<rlim_t>(5000, limit.rlim_cur / 3));
}

std::string haproxy_configuration(const std::string& splicing, std::uint16_t listen_port, std::uint16_t upstream_port)
{
    return "global\n"
           "    nbthread 1\n"
           "    maxconn " +
           std::to_string(connection_limit()) +
           "\n"
           "defaults\n"
           "    mode tcp\n" +
           splicing +
           "    timeout connect 10s\n"
           "    timeout client 1h\n"
           "    timeout server 1h\n"
           "frontend relay\n"
           "    bind " +
           address(listen_port) +
           "\n"
           "    default_backend upstream\n"
           "backend upstream\n"
           "    server upstream " +
           address(upstream_port) + "\n";
}

std::string nginx_configuration(std::uint16_t listen_port, std::uint16_t upstream_port)
{
    const std::string debian_module = "/usr/lib/nginx/modules/ngx_stream_module.so"; // built in elsewhere
    const std::string load = std::filesystem::exists(debian_module) ? "load_module " + debian_module + ";\n" : "";
    return load +
           "daemon off;\n"
           "master_process off;\n"
           "worker_processes 1;\n"
           "pid nginx.pid;\n"
           "error_log stderr crit;\n"
           "events { worker_connections 16384; }\n"
           "stream {\n"
           "    access_log off;\n"
           "    server {\n"
           "        listen " +
           address(listen_port) +
           " backlog=4096;\n"
           "        proxy_pass " +
           address(upstream_port) +
           ";\n"
           "        proxy_timeout 1h;\n"
           "        proxy_half_close on;\n"
           "        tcp_nodelay on;\n"
           "    }\n"
           "}\n";
}

using configuration = std::function<std::string(std::uint16_t listen_port, std::uint16_t upstream_port)>;

/// @param arguments what follows the program's name; `{file}` is the configuration, `{directory}` where it is.
contender configured(const std::string& name, std::vector<std::string> arguments, const temporary_directory& files,
                     const configuration& write)
{
    return {name, family::peer, [=, &files](std::uint16_t upstream_port) -> running_relay {
                const std::uint16_t port = likely_free_port();
                const std::filesystem::path file = files.path() / "relay.conf";
                write_file(file, write(port, upstream_port));
                std::vector<std::string> words = arguments;
                std::replace(words.begin(), words.end(), std::string{"{file}"}, file.string());
                std::replace(words.begin(), words.end(), std::string{"{directory}"}, files.path().string());
                return {std::make_unique<process>(words), port};
            }};
}

} // namespace

std::vector<contender> installed_relays(const temporary_directory& files, std::vector<std::string>& absent)
{
    std::vector<contender> result;
    if (const auto haproxy = find_program("haproxy"); !haproxy.empty())
        for (const auto& [name, splicing] :
             {std::pair{"HAProxy splice-auto", "    option splice-auto\n"},
              std::pair{"HAProxy splice both ways", "    option splice-request\n    option splice-response\n"}})
            result.push_back(configured(name, {haproxy, "-q", "-db", "-f", "{file}"}, files,
                                        [options = std::string{splicing}](std::uint16_t listen, std::uint16_t to) {
                                            return haproxy_configuration(options, listen, to);
                                        }));
    else
        absent.emplace_back("HAProxy: absent");
    if (const auto nginx = find_program("nginx"); !nginx.empty())
        result.push_back(configured("nginx stream", {nginx, "-p", "{directory}", "-c", "{file}", "-e", "stderr"}, files,
                                    nginx_configuration));
    else
        absent.emplace_back("nginx: absent");
    return result;
}

} // namespace benchmark::relay
