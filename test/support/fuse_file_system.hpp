// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_FUSE_FILE_SYSTEM_HPP
#define KERNEL_COPY_TEST_SUPPORT_FUSE_FILE_SYSTEM_HPP

#include "mounts.hpp"
#include "slow_file.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace test {

/// A file system of files that are slow, short, lie or fail (see slow_file.hpp), served by a process of its own.
/// The destructor ends that process; reads that still wait then fail with ECONNABORTED.
class fuse_file_system
{
public:
    explicit fuse_file_system(const std::vector<slow_file>& files, const slow_disk& disk = {});
    fuse_file_system(const fuse_file_system&) = delete;
    fuse_file_system& operator=(const fuse_file_system&) = delete;
    ~fuse_file_system();

    [[nodiscard]] std::string path(const std::string& name = "file") const { return where_.path(name); }

    /// Waits until a read has come to the gate, and says which; each is said once. The kernel's reads ahead count.
    gated_read wait_for_read();
    /// The same, with a bound; nothing if there is none.
    std::optional<gated_read> read_within(std::chrono::milliseconds bound);

    /// Lets so many reads pass, those that wait and those that come. A read that has waited for 10 s fails with
    /// ETIMEDOUT.
    void let_pass(std::uint64_t reads);
    void open_gate() { let_pass(never); }

    /// The disk is gone: reads, those that wait included, fail.
    void unplug();

private:
    mount_point where_{};
    int control_ = -1;
    std::optional<program> server_{};
};

/// For what needs this file system. A test that is left out says so.
boost::test_tools::assertion_result fuse_here(boost::unit_test::test_unit_id test);

} // namespace test

#endif
