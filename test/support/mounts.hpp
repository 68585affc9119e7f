// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_MOUNTS_HPP
#define KERNEL_COPY_TEST_SUPPORT_MOUNTS_HPP

#include "program.hpp"

#include <cstdint>
#include <string>

namespace test {

/// A new directory to mount something at. The destructor unmounts it, busy or not, and removes the directory.
///
/// Mounts are seen by this process and its children only, and vanish with them, however they end: the first mount
/// moves the thread into a mount namespace of its own. Threads that are older find the bare directory.
class mount_point
{
public:
    mount_point();
    mount_point(const mount_point&) = delete;
    mount_point& operator=(const mount_point&) = delete;
    ~mount_point();

    void mount(const std::string& source, const std::string& type, unsigned long flags, const std::string& data);

    [[nodiscard]] std::string path(const std::string& name = {}) const { return path_ + "/" + name; }

private:
    std::string path_;
    bool mounted_ = false;
};

/// For what mounts. A test that is left out says so.
boost::test_tools::assertion_result mounts_here(boost::unit_test::test_unit_id = {});

/// A tmpfs of a given size, in the words of its option "size" (tmpfs(5)).
class sized_tmpfs
{
public:
    explicit sized_tmpfs(const std::string& size) { where_.mount("none", "tmpfs", 0, "size=" + size); }
    [[nodiscard]] std::string path(const std::string& name) const { return where_.path(name); }

private:
    mount_point where_{};
};

/// A block device over a file, read past the file's own page cache where the file allows it. Can only be read if that
/// holds for the file.
class loop_device
{
public:
    explicit loop_device(const std::string& file);
    loop_device(const loop_device&) = delete;
    loop_device& operator=(const loop_device&) = delete;
    ~loop_device(); // a mount keeps the device until it is unmounted

    [[nodiscard]] const std::string& path() const { return path_; }

private:
    int device_ = -1;
    std::string path_{};
};

/// Makes a sparse file with a fresh file system of a type in it: "ext4", "btrfs" or "xfs". At least 128 MiB for
/// btrfs, 300 MiB for xfs.
void make_image(const std::string& path, const std::string& type, std::uint64_t size);

/// The file system in an image, over a loop device.
class mounted_image
{
public:
    mounted_image(const std::string& image, const std::string& type);
    [[nodiscard]] std::string path(const std::string& name) const { return where_.path(name); }

private:
    loop_device device_;
    mount_point where_{};
};

/// For what makes and mounts images of a type.
struct images_here
{
    boost::test_tools::assertion_result operator()(boost::unit_test::test_unit_id) const;

    std::string type;
};

} // namespace test

#endif
