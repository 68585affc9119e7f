// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_END_KIND_HPP
#define KERNEL_COPY_END_KIND_HPP

namespace kernel_copy::inline v0 {

/// What a source or a sink is. A hint: it decides which system calls are tried, never what arrives.
enum class end_kind : unsigned char
{
    unknown,       ///< a descriptor of which nothing is known; fstat(2) is asked
    regular_file,  ///< a regular file
    block_device,  ///< a block device
    stream_socket, ///< a connected socket of SOCK_STREAM
    pipe,          ///< a pipe or FIFO
    other,         ///< a terminal or another device
    stream         ///< no descriptor: an AsyncReadStream or AsyncWriteStream, used through its own functions
};

} // namespace kernel_copy::inline v0

#endif
