// Distributed under the Boost Software License, Version 1.0.
#include "process.hpp"

#include "system.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace benchmark {

namespace {

[[noreturn]] void execute(const std::vector<std::string>& arguments, int inherited)
{
    ::setpgid(0, 0);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    constexpr int where = STDERR_FILENO + 1;
    if (inherited == where)
        ::fcntl(inherited, F_SETFD, 0);
    else if (inherited != -1)
        ::dup2(inherited, where);
    ::dup2(::open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
    std::vector<char*> words;
    for (const std::string& argument : arguments)
        words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    ::execv(words.front(), words.data());
    ::_exit(127);
}

std::filesystem::path directory_of(pid_t process)
{
    return std::filesystem::path{"/proc"} / std::to_string(process);
}

/// Of a process that may be gone: -1.
pid_t group_of(const std::filesystem::path& directory)
{
    std::string text;
    std::getline(std::ifstream{directory / "stat"}, text);
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos)
        return -1;
    std::istringstream fields{text.substr(name_end + 1)};
    char state = 0;
    pid_t parent = -1;
    pid_t group = -1;
    fields >> state >> parent >> group;
    return group;
}

} // namespace

double cpu_seconds_of(pid_t process)
{
    clockid_t clock{};
    timespec used{};
    if (::clock_getcpuclockid(process, &clock) != 0 || ::clock_gettime(clock, &used) != 0)
        return 0; // it is gone
    return static_cast<double>(used.tv_sec) + 1e-9 * static_cast<double>(used.tv_nsec);
}

double machine_cpu_seconds()
{
    std::ifstream statistics{"/proc/stat"};
    std::string name;
    double user = 0, nice = 0, system = 0, idle = 0, disk = 0, interrupts = 0, soft_interrupts = 0;
    statistics >> name >> user >> nice >> system >> idle >> disk >> interrupts >> soft_interrupts;
    return (user + nice + system + interrupts + soft_interrupts) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

process::process(const std::vector<std::string>& arguments, int inherited) : leader_{check(::fork(), "fork")}
{
    if (leader_ == 0)
        execute(arguments, inherited);
    ::setpgid(leader_, leader_); // whoever of the two is first
    descriptor_ = static_cast<int>(check(::syscall(SYS_pidfd_open, leader_, 0), "pidfd_open"));
}

process::~process()
{
    constexpr std::chrono::milliseconds patience{2000};
    const std::vector<pid_t> members = group();
    ::kill(leader_, SIGTERM);
    if (!has_ended_within(patience))
        ::kill(leader_, SIGKILL);
    for (const pid_t member : members)
        if (member != leader_ && group_of(directory_of(member)) == leader_)
            ::kill(member, SIGKILL);
    ::waitpid(leader_, nullptr, 0);
    ::close(descriptor_);
}

void process::put_first() const
{
    for (const pid_t thread : {leader_, ::gettid()})
    {
        const sched_param no_other{};
        check(::sched_setscheduler(thread, SCHED_OTHER | SCHED_RESET_ON_FORK, &no_other), "sched_setscheduler");
        check(::setpriority(PRIO_PROCESS, static_cast<id_t>(thread), -20), "setpriority");
    }
}

bool process::has_ended_within(std::chrono::milliseconds time) const
{
    pollfd end{.fd = descriptor_, .events = POLLIN, .revents = 0};
    return ::poll(&end, 1, static_cast<int>(time.count())) > 0;
}

double process::cpu_seconds() const
{
    double sum = 0;
    for (const pid_t member : group())
        sum += cpu_seconds_of(member);
    return sum;
}

double process::resident_bytes() const
{
    double sum = 0;
    for (const pid_t member : group())
    {
        std::ifstream rollup{directory_of(member) / "smaps_rollup"};
        for (std::string word; rollup >> word;)
            if (double kibibytes = 0; (word == "Pss_Anon:" || word == "Pss_Shmem:") && rollup >> kibibytes)
                sum += kibibytes * static_cast<double>(kib);
    }
    return sum;
}

double process::descriptors() const
{
    std::ptrdiff_t sum = 0;
    for (const pid_t member : group())
    {
        std::error_code gone; // processes that have just ended have no descriptors
        sum += std::distance(std::filesystem::directory_iterator{directory_of(member) / "fd", gone}, {});
    }
    return static_cast<double>(sum);
}

std::vector<pid_t> process::group() const
{
    std::vector<pid_t> members;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc"})
    {
        const std::string name = entry.path().filename();
        if (std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
            group_of(entry.path()) == leader_)
            members.push_back(static_cast<pid_t>(std::stol(name)));
    }
    return members;
}

} // namespace benchmark
