// Distributed under the Boost Software License, Version 1.0.
#include "program.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace test {

namespace {

void give(posix_spawn_file_actions_t& actions, int descriptor, int as, int flags)
{
    if (descriptor == -1)
        ::posix_spawn_file_actions_addopen(&actions, as, "/dev/null", flags, 0);
    else
        ::posix_spawn_file_actions_adddup2(&actions, descriptor, as);
}

} // namespace

program::program(std::vector<std::string> arguments, int in, int out)
{
    std::vector<char*> words;
    for (std::string& argument : arguments)
        words.push_back(argument.data());
    words.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    give(actions, in, STDIN_FILENO, O_RDONLY);
    give(actions, out, STDOUT_FILENO, O_WRONLY);
    // Asio's sockets survive an exec; here they would keep connections open that the test has closed.
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    const int error = ::posix_spawn(&id_, words[0], &actions, nullptr, words.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    BOOST_REQUIRE_MESSAGE(error == 0, arguments[0] << " can be started");
}

program::~program()
{
    if (status_)
        return;
    ::kill(id_, SIGKILL);
    collect();
}

std::optional<int> program::wait(std::chrono::milliseconds bound)
{
    if (status_)
        return status_;
    pollfd ended{static_cast<int>(::syscall(SYS_pidfd_open, id_, 0)), POLLIN, 0};
    BOOST_REQUIRE(ended.fd != -1);
    const auto end = std::chrono::steady_clock::now() + bound;
    int answer = -1;
    do
    {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
        answer = ::poll(&ended, 1, left < 0 ? 0 : static_cast<int>(left));
    } while (answer == -1 && errno == EINTR);
    ::close(ended.fd);
    if (answer == 1)
        collect();
    return status_;
}

void program::collect()
{
    int status = 0;
    while (::waitpid(id_, &status, 0) == -1 && errno == EINTR)
        ;
    status_ = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

std::optional<std::string> find_program(const std::string& name)
{
    const char* path = std::getenv("PATH");
    std::istringstream directories{(path == nullptr ? std::string{} : std::string{path} + ':') + "/usr/sbin:/sbin"};
    for (std::string directory; std::getline(directories, directory, ':');)
        if (const std::string found = directory + '/' + name; ::access(found.c_str(), X_OK) == 0)
            return found;
    return {};
}

} // namespace test
