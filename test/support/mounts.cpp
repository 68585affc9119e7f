// Distributed under the Boost Software License, Version 1.0.
#include "mounts.hpp"

#include "system.hpp"

#include <cerrno>
#include <cstring>

#include <linux/loop.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>

namespace test {

namespace {

bool have_own_mounts()
{
    static const bool own = ::unshare(CLONE_NEWNS) == 0 && //
                            ::mount("none", "/", "none", MS_REC | MS_PRIVATE, nullptr) == 0;
    return own;
}

boost::test_tools::assertion_result answer_of(bool here, const std::string& else_message)
{
    boost::test_tools::assertion_result answer{here};
    answer.message() << else_message;
    return answer;
}

bool kernel_knows(const std::string& type)
{
    const int context = ::fsopen(type.c_str(), FSOPEN_CLOEXEC); // loads its module
    ::close(context);
    return context != -1;
}

} // namespace

boost::test_tools::assertion_result mounts_here(boost::unit_test::test_unit_id)
{
    return answer_of(is_root() && have_own_mounts(), "only root can mount, and not in every container");
}

mount_point::mount_point() : path_{std::filesystem::current_path().string() + "/kernel_copy_test_XXXXXX"}
{
    BOOST_REQUIRE_MESSAGE(have_own_mounts(), "a mount namespace of its own can be had");
    BOOST_REQUIRE(::mkdtemp(path_.data()) != nullptr);
}

mount_point::~mount_point()
{
    if (mounted_ && ::umount2(path_.c_str(), UMOUNT_NOFOLLOW) != 0)
        ::umount2(path_.c_str(), MNT_DETACH);
    ::rmdir(path_.c_str());
}

void mount_point::mount(const std::string& source, const std::string& type, unsigned long flags,
                        const std::string& data)
{
    const int result = ::mount(source.c_str(), path_.c_str(), type.c_str(), flags, data.c_str());
    BOOST_REQUIRE_MESSAGE(result == 0, type << " can be mounted: " << std::strerror(errno));
    mounted_ = true;
}

loop_device::loop_device(const std::string& file)
{
    bool writable = true;
    int backing = ::open(file.c_str(), O_RDWR | O_CLOEXEC);
    if (backing == -1)
    {
        writable = false;
        backing = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    }
    loop_config config = {};
    config.fd = static_cast<std::uint32_t>(backing);
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO | (writable ? 0 : LO_FLAGS_READ_ONLY);
    const int control = ::open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    for (int tries = 0; tries != 20 && path_.empty(); ++tries) // others may take what is free
    {
        const std::string path = "/dev/loop" + std::to_string(::ioctl(control, LOOP_CTL_GET_FREE));
        device_ = ::open(path.c_str(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC);
        if (::ioctl(device_, LOOP_CONFIGURE, &config) == 0)
            path_ = path;
        else
            ::close(device_);
    }
    ::close(control);
    ::close(backing);
    BOOST_REQUIRE_MESSAGE(!path_.empty(), "a loop device over " << file << " can be had: " << std::strerror(errno));
}

loop_device::~loop_device()
{
    ::close(device_);
}

void make_image(const std::string& path, const std::string& type, std::uint64_t size)
{
    write_file(path, {});
    std::filesystem::resize_file(path, size);
    // Nothing is left to do in the background after the mount.
    std::vector<std::string> command{find_program("mkfs." + type).value_or("mkfs." + type), "-q"};
    if (type == "ext4")
        command.insert(command.end(), {"-O", "^has_journal", "-E", "nodiscard,lazy_itable_init=0"});
    command.push_back(path);
    BOOST_REQUIRE(program{command}.wait(std::chrono::seconds{30}) == 0);
}

mounted_image::mounted_image(const std::string& image, const std::string& type) : device_{image}
{
    where_.mount(device_.path(), type, MS_NOATIME, "");
}

boost::test_tools::assertion_result images_here::operator()(boost::unit_test::test_unit_id test) const
{
    if (const auto mounts = mounts_here(test); !mounts)
        return mounts;
    if (const auto program = needs_program{"mkfs." + type}(test); !program)
        return program;
    return answer_of(::access("/dev/loop-control", R_OK | W_OK) == 0 && kernel_knows(type),
                     "the kernel has no loop devices or no " + type);
}

} // namespace test
