// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_ENDS_HPP
#define KERNEL_COPY_EXAMPLE_ENDS_HPP

#include <kernel_copy/file.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <string>
#include <variant>

namespace kernel_copy::example {

/// What a name on the command line leads to: a file, or one of the standard streams for "-".
using end = std::variant<file, boost::asio::posix::stream_descriptor>;

/// These throw boost::system::system_error with the name in it.
end open_source(boost::asio::io_context& io, const std::string& name);

/// Creates the file, or empties it; not if it is the source.
end open_sink(boost::asio::io_context& io, const std::string& name, end& source);

/// Makes a stream_descriptor of a file that can make its reader or writer wait, such as a FIFO. The plain loop
/// needs that; the library finds out by itself.
void make_waitable(end& e);

/// Closes, and reports what a file system says only now.
void close(end& e, const std::string& name);

} // namespace kernel_copy::example

#endif
