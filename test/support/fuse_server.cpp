// Distributed under the Boost Software License, Version 1.0.
//
// fuse_server DISK FILE...: serves slow files (see slow_file.hpp) to the test that started it, which has mounted the
// file system. Standard output is the open /dev/fuse; standard input a socket to the test, which closes it to end
// this process, whatever reads are still waiting.
#include "content.hpp"
#include "waiting_reads.hpp"

#define FUSE_USE_VERSION 312
#include <fuse_lowlevel.h>

#include <algorithm>
#include <cerrno>
#include <sstream>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace test;

constexpr int control = STDIN_FILENO;
constexpr double for_ever = 1e6; // nothing changes but by the kernel's own writes

struct served_file
{
    slow_file as;
    int backing = -1;
};

struct server
{
    explicit server(slow_disk speed) : disk{speed} {}

    arm disk;
    gate reads_gate{control};
    std::vector<served_file> files{};
};

server& of(fuse_req_t request)
{
    return *static_cast<server*>(fuse_req_userdata(request));
}

// The root is inode 1; the files follow.
served_file& file_of(fuse_req_t request, fuse_ino_t inode)
{
    return of(request).files[inode - FUSE_ROOT_ID - 1];
}

struct stat status_of(fuse_req_t request, fuse_ino_t inode)
{
    struct stat status = {};
    status.st_ino = inode;
    status.st_nlink = 1;
    status.st_mode = S_IFDIR | 0755;
    if (inode == FUSE_ROOT_ID)
        return status;
    const slow_file& file = file_of(request, inode).as;
    status.st_mode = S_IFREG | 0644;
    status.st_size = static_cast<off_t>(file.reported_size == never ? file.size : file.reported_size);
    return status;
}

void init(void*, fuse_conn_info* connection)
{
    connection->max_background = 64; // so that many readers wait for the disk, not for each other
    connection->want &= ~static_cast<unsigned>(FUSE_CAP_AUTO_INVAL_DATA);
    tell(control, {});
}

void lookup(fuse_req_t request, fuse_ino_t, const char* name)
{
    const auto& files = of(request).files;
    const auto found = std::find_if(files.begin(), files.end(), [&](const auto& f) { return f.as.name == name; });
    if (found == files.end())
    {
        fuse_reply_err(request, ENOENT);
        return;
    }
    fuse_entry_param entry = {};
    entry.ino = FUSE_ROOT_ID + 1 + static_cast<fuse_ino_t>(found - files.begin());
    entry.attr = status_of(request, entry.ino);
    entry.attr_timeout = entry.entry_timeout = for_ever;
    fuse_reply_entry(request, &entry);
}

void getattr(fuse_req_t request, fuse_ino_t inode, fuse_file_info*)
{
    const struct stat status = status_of(request, inode);
    fuse_reply_attr(request, &status, for_ever);
}

void open(fuse_req_t request, fuse_ino_t inode, fuse_file_info* opened)
{
    const served_file& file = file_of(request, inode);
    if ((opened->flags & O_ACCMODE) != O_RDONLY && file.backing == -1)
    {
        fuse_reply_err(request, EROFS);
        return;
    }
    opened->direct_io = file.as.direct_io;
    opened->keep_cache = 1; // what was read once is warm until the test drops it
    fuse_reply_open(request, opened);
}

std::string bytes_of(const served_file& file, std::uint64_t offset, std::uint64_t size)
{
    if (file.backing == -1)
        return content(size, offset);
    std::string bytes(size, '\0');
    const ssize_t n = ::pread(file.backing, bytes.data(), size, static_cast<off_t>(offset));
    bytes.resize(n < 0 ? 0 : static_cast<std::size_t>(n));
    return bytes;
}

void read(fuse_req_t request, fuse_ino_t inode, std::size_t size, off_t position, fuse_file_info*)
{
    const served_file& file = file_of(request, inode);
    const auto offset = static_cast<std::uint64_t>(position);
    if (offset + size > file.as.gated_from && !of(request).reads_gate.pass({offset, size}))
    {
        fuse_reply_err(request, ETIMEDOUT);
        return;
    }
    const std::uint64_t left = offset < file.as.size ? file.as.size - offset : 0;
    std::uint64_t given = std::min(std::uint64_t{size}, left);
    if (offset + given > file.as.error_from)
    {
        // The page cache takes a short answer for the end of the file, so its reads fail as a whole.
        const bool some = file.as.direct_io && offset < file.as.error_from;
        given = some ? file.as.error_from - offset : 0;
        if (!some)
        {
            of(request).disk.move(size);
            fuse_reply_err(request, EIO);
            return;
        }
    }
    given = std::min(given, file.as.longest_read);
    of(request).disk.move(given);
    const std::string bytes = bytes_of(file, offset, given);
    fuse_reply_buf(request, bytes.data(), bytes.size());
}

void write(fuse_req_t request, fuse_ino_t inode, const char* bytes, std::size_t size, off_t offset, fuse_file_info*)
{
    served_file& file = file_of(request, inode);
    const ssize_t n = ::pwrite(file.backing, bytes, size, offset);
    if (n < 0)
        fuse_reply_err(request, errno);
    else
        fuse_reply_write(request, static_cast<std::size_t>(n));
}

void fsync(fuse_req_t request, fuse_ino_t, int, fuse_file_info*)
{
    fuse_reply_err(request, 0); // writes are fast
}

/// Does what the test says, until it says no more.
void obey(gate& reads_gate)
{
    std::uint64_t reads = 0;
    while (::recv(control, &reads, sizeof reads, 0) == sizeof reads)
        reads_gate.let_pass(reads);
    ::_exit(0);
}

} // namespace

int main(int argc, char** argv)
{
    if (argc < 3)
        return 2;
    // The last process of a mount namespace unmounts what is left there, and waits for it. If the test is killed, that
    // must not be the one that serves it.
    if (::unshare(CLONE_NEWNS) != 0)
        return 1;
    slow_disk disk;
    std::istringstream{argv[1]} >> disk;
    server served{disk};
    for (int i = 2; i != argc; ++i)
    {
        served_file file{};
        std::istringstream{argv[i]} >> file.as;
        if (!file.as.backing.empty())
        {
            struct stat status = {};
            file.backing = ::open(file.as.backing.c_str(), O_RDWR | O_CLOEXEC);
            if (::fstat(file.backing, &status) != 0)
                return 1;
            file.as.size = static_cast<std::uint64_t>(status.st_size);
        }
        served.files.push_back(std::move(file));
    }

    fuse_lowlevel_ops operations = {};
    operations.init = init;
    operations.lookup = lookup;
    operations.getattr = getattr;
    operations.open = open;
    operations.read = read;
    operations.write = write;
    operations.fsync = fsync;
    char* no_options[] = {argv[0], nullptr};
    fuse_args arguments = FUSE_ARGS_INIT(1, no_options);
    fuse_session* session = fuse_session_new(&arguments, &operations, sizeof operations, &served);
    if (session == nullptr || fuse_session_mount(session, "/dev/fd/1") != 0)
        return 1;
    std::thread{obey, std::ref(served.reads_gate)}.detach();
    fuse_loop_config* loop = fuse_loop_cfg_create();
    fuse_loop_cfg_set_max_threads(loop, 64); // a read that waits has a thread
    return fuse_session_loop_mt(session, loop) == 0 ? 0 : 1;
}
