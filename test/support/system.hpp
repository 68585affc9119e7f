// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_SYSTEM_HPP
#define KERNEL_COPY_TEST_SUPPORT_SYSTEM_HPP

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef KERNEL_COPY_TEST_COVERAGE
extern "C" void __gcov_dump();
#endif

namespace test {

inline std::size_t open_descriptors()
{
    std::size_t n = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"})
        ++n;
    return n;
}

/// A fixture: the test ends with as many open descriptors as it began with.
class descriptor_balance
{
public:
    descriptor_balance() : before_{open_descriptors()} {}
    descriptor_balance(const descriptor_balance&) = delete;
    descriptor_balance& operator=(const descriptor_balance&) = delete;
    ~descriptor_balance() { BOOST_TEST(open_descriptors() == before_); }

private:
    std::size_t before_;
};

/// A directory of the test's own, gone with it. On the build directory's file system, or on tmpfs.
class temp_dir
{
public:
    explicit temp_dir(std::string parent = std::filesystem::current_path().string())
    {
        path_ = parent + "/kernel_copy_test_XXXXXX";
        BOOST_REQUIRE(::mkdtemp(path_.data()) != nullptr);
    }
    temp_dir(const temp_dir&) = delete;
    temp_dir& operator=(const temp_dir&) = delete;
    ~temp_dir() { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::string path(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

inline constexpr const char* tmpfs = "/dev/shm";

inline void write_file(const std::string& path, const std::string& bytes)
{
    std::ofstream{path, std::ios::binary | std::ios::trunc}.write(bytes.data(),
                                                                  static_cast<std::streamsize>(bytes.size()));
}

inline std::string read_file(const std::string& path, std::size_t from = 0)
{
    // Some of /proc say that they have no size.
    std::ifstream in{path, std::ios::binary};
    in.seekg(static_cast<std::streamoff>(from));
    std::string bytes;
    for (std::size_t n = 65'536; in; n *= 2)
    {
        const std::size_t before = bytes.size();
        bytes.resize(before + n);
        in.read(bytes.data() + before, static_cast<std::streamsize>(n));
        bytes.resize(before + static_cast<std::size_t>(in.gcount()));
    }
    return bytes;
}

inline std::uint64_t position_of(int fd)
{
    return static_cast<std::uint64_t>(::lseek(fd, 0, SEEK_CUR));
}

/// Runs a function in a child process, for what would change this one for good (filters, limits, identities).
/// Gives the child's exit status, or minus the signal that ended it; 77 means that it could not run here.
template <class Function>
int in_child(Function function)
{
    const pid_t child = ::fork();
    BOOST_REQUIRE(child != -1);
    if (child == 0)
    {
        ::alarm(60);
        const int status = function();
#ifdef KERNEL_COPY_TEST_COVERAGE
        const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
        if (::setrlimit(RLIMIT_FSIZE, &none) == 0) // else what has been counted would be cut off as well
            __gcov_dump();
#endif
        ::_exit(status);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

inline bool is_root()
{
    return ::geteuid() == 0;
}

/// For what only root can set up. A test that is left out says so.
inline boost::test_tools::assertion_result root_only(boost::unit_test::test_unit_id)
{
    boost::test_tools::assertion_result answer{is_root()};
    answer.message() << "only root can set this up";
    return answer;
}

} // namespace test

#endif
