// Distributed under the Boost Software License, Version 1.0.
#include "fuse_file_system.hpp"

#include <cerrno>
#include <sstream>

#include <fcntl.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

namespace test {

namespace {

#ifdef KERNEL_COPY_FUSE_SERVER
constexpr const char* server_path = KERNEL_COPY_FUSE_SERVER;
#else
constexpr const char* server_path = nullptr;
#endif

constexpr std::chrono::seconds bound{10};

template <class Value>
std::string argument(const Value& value)
{
    std::ostringstream out;
    out << value;
    return out.str();
}

} // namespace

boost::test_tools::assertion_result fuse_here(boost::unit_test::test_unit_id test)
{
    if (const auto mounts = mounts_here(test); !mounts)
        return mounts;
    boost::test_tools::assertion_result answer{server_path != nullptr && ::access("/dev/fuse", R_OK | W_OK) == 0};
    answer.message() << (server_path == nullptr ? "libfuse3 was missing when this was built" : "there is no /dev/fuse");
    return answer;
}

fuse_file_system::fuse_file_system(const std::vector<slow_file>& files, const slow_disk& disk)
{
    std::vector<std::string> command{server_path, argument(disk)};
    for (const slow_file& file : files)
        command.push_back(argument(file));
    const int device = ::open("/dev/fuse", O_RDWR | O_CLOEXEC);
    BOOST_REQUIRE(device != -1);
    int control[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) == 0);
    where_.mount("kernel_copy_test", "fuse", MS_NOSUID | MS_NODEV,
                 "fd=" + std::to_string(device) + ",rootmode=40000,user_id=0,group_id=0,allow_other");
    control_ = control[0];
    server_.emplace(std::move(command), control[1], device);
    ::close(control[1]);
    ::close(device); // if the server ends, its file system fails instead of waiting for ever
    BOOST_REQUIRE_MESSAGE(read_within(bound), "the FUSE server is ready");
}

fuse_file_system::~fuse_file_system()
{
    unplug();
}

gated_read fuse_file_system::wait_for_read()
{
    const auto read = read_within(bound);
    BOOST_REQUIRE_MESSAGE(read, "a read comes to the gate");
    return *read;
}

std::optional<gated_read> fuse_file_system::read_within(std::chrono::milliseconds limit)
{
    pollfd ready{control_, POLLIN, 0};
    int answer = -1;
    do
        answer = ::poll(&ready, 1, static_cast<int>(limit.count()));
    while (answer == -1 && errno == EINTR);
    gated_read read;
    if (answer != 1 || ::recv(control_, &read, sizeof read, 0) != sizeof read)
        return {};
    return read;
}

void fuse_file_system::let_pass(std::uint64_t reads)
{
    BOOST_REQUIRE(::send(control_, &reads, sizeof reads, MSG_NOSIGNAL) == sizeof reads);
}

void fuse_file_system::unplug()
{
    if (control_ == -1)
        return;
    ::close(control_);
    control_ = -1;
    if (!server_->wait(bound))
        server_.reset();
}

} // namespace test
