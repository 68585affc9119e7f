// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_PLAIN_FILE_HPP
#define KERNEL_COPY_EXAMPLE_PLAIN_FILE_HPP

#include <boost/asio/buffer.hpp>

#include <cstdint>
#include <optional>

namespace kernel_copy::example {

/// A file, or a range of one, for the plain loop: read(2), pread(2) and write(2). Owns nothing; throws
/// boost::system::system_error.
class plain_file
{
public:
    explicit plain_file(int descriptor) : descriptor_{descriptor} {}
    plain_file(int descriptor, std::uint64_t offset, std::uint64_t length)
        : descriptor_{descriptor}, range_{range{offset, length}}
    {}

    /// Where a range is read next.
    [[nodiscard]] std::uint64_t offset() const noexcept { return range_ ? range_->offset : 0; }

    /// 0 at the end. A range that the file does not fill is errc::source_truncated.
    std::size_t read(boost::asio::mutable_buffer to);
    std::size_t write(boost::asio::const_buffer from);

private:
    struct range
    {
        std::uint64_t offset;
        std::uint64_t left;
    };

    int descriptor_;
    std::optional<range> range_{};
};

} // namespace kernel_copy::example

#endif
