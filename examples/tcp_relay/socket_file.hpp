// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_SOCKET_FILE_HPP
#define KERNEL_COPY_EXAMPLE_SOCKET_FILE_HPP

#include "stream_socket.hpp"

#include <string>

#include <sys/types.h>

namespace kernel_copy::example {

/// Removes the file that a Unix socket has left behind, if there is one. Throws boost::system::system_error if
/// somebody listens there, or if it isn't the file of a socket.
void remove_old_socket_file(const endpoint& e);

/// The file of a socket that is bound. Its end is the end of this, or remove().
class socket_file
{
public:
    explicit socket_file(const endpoint& bound_to);
    socket_file(const socket_file&) = delete;
    socket_file& operator=(const socket_file&) = delete;
    ~socket_file() { remove(); }

    void remove() noexcept;

private:
    std::string path_;
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

} // namespace kernel_copy::example

#endif
