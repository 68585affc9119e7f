// Distributed under the Boost Software License, Version 1.0.
#include "disks.hpp"

#include "sources.hpp"
#include "units.hpp"

#include "support/fuse_file_system.hpp"
#include "support/mounts.hpp"

#include <stdexcept>

namespace benchmark::files {

namespace {

constexpr std::chrono::milliseconds delay{20};
constexpr std::uint64_t least_image = 256 * mib;

std::string reason(const boost::test_tools::assertion_result& here)
{
    if (here)
        return {};
    const auto message = here.message();
    return {message.begin(), message.end()};
}

/// The tests' file systems say what goes wrong to a test that runs, and to nobody else.
void check_exists(const std::string& path)
{
    if (!std::filesystem::exists(path))
        throw std::runtime_error{path + " can't be had"};
}

class image_disk : public disk
{
public:
    image_disk(const std::string& image, const std::string& type) : mounted_{image, type} { check_exists(path({})); }

    [[nodiscard]] std::string path(const std::string& name) const override { return mounted_.path(name); }

private:
    test::mounted_image mounted_;
};

class slow_fuse : public disk
{
public:
    explicit slow_fuse(const std::vector<test::slow_file>& content) : mounted_{content, {.delay = delay}}
    {
        check_exists(path(content.front().name));
    }

    [[nodiscard]] std::string path(const std::string& name) const override { return mounted_.path(name); }

private:
    test::fuse_file_system mounted_;
};

test::slow_file backed_by(const std::string& image)
{
    test::slow_file result;
    result.size = std::filesystem::file_size(image);
    result.backing = image;
    return result;
}

class slow_ext4 : public disk
{
public:
    explicit slow_ext4(const std::string& image) : below_{{backed_by(image)}}, mounted_{below_.path("file"), "ext4"} {}

    [[nodiscard]] std::string path(const std::string& name) const override { return mounted_.path(name); }

private:
    slow_fuse below_;
    image_disk mounted_;
};

} // namespace

std::string why_no_btrfs()
{
    return reason(test::images_here{"btrfs"}({}));
}

std::string why_no_slow_disk()
{
    const std::string none = reason(test::fuse_here({}));
    return none.empty() ? reason(test::images_here{"ext4"}({})) : none;
}

std::unique_ptr<disk> make_btrfs(const std::filesystem::path& directory, std::uint64_t size)
{
    const std::filesystem::path image = directory / "btrfs-image";
    test::make_image(image, "btrfs", std::max(size, least_image));
    auto result = std::make_unique<image_disk>(image, "btrfs");
    std::filesystem::remove(image); // the mount keeps it
    return result;
}

std::unique_ptr<disk> make_slow_fuse(unsigned count, std::uint64_t file_size)
{
    std::vector<test::slow_file> content(count);
    for (unsigned i = 0; i != count; ++i)
    {
        content[i].name = std::to_string(i);
        content[i].size = file_size;
    }
    return std::make_unique<slow_fuse>(content);
}

void make_ext4_image(const std::filesystem::path& image, unsigned count, std::uint64_t file_size)
{
    test::make_image(image, "ext4", std::max(count * file_size * 5 / 4, least_image));
    const image_disk fast{image, "ext4"};
    for (unsigned i = 0; i != count; ++i)
        make_file(fast.path(std::to_string(i)), file_size);
}

std::unique_ptr<disk> make_slow_ext4(const std::filesystem::path& image)
{
    return std::make_unique<slow_ext4>(image);
}

} // namespace benchmark::files
