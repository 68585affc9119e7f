// Distributed under the Boost Software License, Version 1.0.
#include "files.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

namespace soak {

namespace {

constexpr std::uint64_t block = 256 * 1024;

std::string make_directory(const std::string& parent)
{
    std::string path = parent + "/soak_XXXXXX";
    if (::mkdtemp(path.data()) == nullptr)
        throw std::runtime_error{"no directory can be made in " + parent};
    return path;
}

int open_or_throw(const std::string& path, int flags)
{
    const int opened = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (opened == -1)
        throw boost::system::system_error{system_error(errno), "open"};
    return opened;
}

void fill(const std::string& path, const stream_content& what, std::uint64_t size)
{
    const int opened = open_or_throw(path, O_WRONLY | O_CREAT | O_TRUNC);
    for (std::uint64_t at = 0; at != size;)
    {
        const std::string_view piece = what.at(at, std::min(block, size - at));
        const ssize_t n = ::write(opened, piece.data(), piece.size());
        if (n <= 0)
            throw std::runtime_error{"the sources can't be written"};
        at += static_cast<std::uint64_t>(n);
    }
    ::close(opened);
}

} // namespace

files::files(const std::string& directory, std::uint64_t most_bytes)
    : directories_{make_directory(directory), make_directory("/dev/shm")}
{
    for (const std::string& in : directories_)
        for (const std::uint64_t size : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{4097},
                                         std::uint64_t{100'003}, most_bytes / 3 + 1, most_bytes})
        {
            const std::string path = in + "/source" + std::to_string(all_.size());
            const stream_content content{.bytes = test::endless{1000 + all_.size()}};
            fill(path, content, size);
            all_.push_back({path, size, content, open_or_throw(path, O_RDONLY)});
        }
}

files::~files()
{
    for (const one& f : all_)
        ::close(f.opened);
    std::error_code ignored;
    for (const std::string& in : directories_)
        std::filesystem::remove_all(in, ignored);
}

int files::create(draw& d, std::uint64_t number, bool append) const
{
    const std::string path = directories_[d.below(2)] + "/sink" + std::to_string(number);
    const int opened = open_or_throw(path, O_RDWR | O_CREAT | O_TRUNC | (append ? O_APPEND : 0));
    ::unlink(path.c_str());
    return opened;
}

void files::check_positions() const
{
    for (const one& f : all_)
        if (::lseek(f.opened, 0, SEEK_CUR) != 0)
            fault("a range has moved the position of " + f.path);
}

void check_file(const record& at, int opened, std::uint64_t from, const stream_content& what, std::uint64_t begin,
                std::uint64_t size)
{
    struct stat facts = {};
    ::fstat(opened, &facts);
    const std::uint64_t expected = size == 0 ? 0 : from + size; // a position alone makes no file longer
    if (static_cast<std::uint64_t>(facts.st_size) != expected)
        fault(at, "the file that was written is " + std::to_string(facts.st_size) + " bytes long and not " +
                      std::to_string(expected));
    std::vector<char> space(static_cast<std::size_t>(block));
    for (std::uint64_t done = 0; done != size;)
    {
        const ssize_t n = ::pread(opened, space.data(), static_cast<std::size_t>(std::min(block, size - done)),
                                  static_cast<off_t>(from + done));
        if (n <= 0)
            fault(at, "the file that was written can't be read");
        if (!what.is(begin + done, {space.data(), static_cast<std::size_t>(n)}))
            fault(at, "the file that was written differs behind byte " + std::to_string(done));
        done += static_cast<std::uint64_t>(n);
    }
}

} // namespace soak
