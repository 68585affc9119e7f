// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FAULTS_COPY_ENDS_HPP
#define KERNEL_COPY_TEST_FAULTS_COPY_ENDS_HPP

#include "support/disk_ends.hpp"
#include "support/opaque_stream.hpp"
#include "support/sparse_files.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>

namespace test {

// Sources that ends.hpp has not. Each tells how much of it was taken, or has what is left read out of it.

/// A range of a file, with a header before it: what goes to a socket in one piece.
class headed_range_source
{
public:
    static constexpr std::size_t header_size = 100;
    static constexpr std::size_t size = 9'000; ///< of both: by a read and a send

    headed_range_source(asio::io_context& io, const std::string& bytes)
        : file_{io, bytes}, header_{bytes.substr(0, header_size)}, range_{kernel_copy::file_range(
                                                                       file_.end(), header_size,
                                                                       bytes.size() - header_size)}
    {}
    auto end() { return kernel_copy::prefixed(asio::dynamic_buffer(header_), range_); }
    kernel_copy::file& file() { return file_.end(); }
    std::uint64_t position()
    {
        BOOST_TEST(position_of(file_.end().native_handle()) == 0u); // never moved
        BOOST_TEST((range_.offset() == header_size || header_.empty()));
        return range_.offset() - header_.size();
    }

private:
    disk_file_source file_;
    std::string header_;
    decltype(kernel_copy::file_range(std::declval<kernel_copy::file&>(), 0, 0)) range_;
};

/// The same of a file that is known from an earlier copy: by sendfile.
class known_range_source : public headed_range_source
{
public:
    static constexpr std::size_t size = 40'000;

    known_range_source(asio::io_context& io, const std::string& bytes) : headed_range_source{io, bytes}
    {
        kernel_copy::endpoint_traits<kernel_copy::file>::memory_of(file()).keep_size(bytes.size());
    }
};

/// A file with a hole in the middle and another at its end.
class holey_source
{
public:
    static constexpr std::size_t size = 1 << 18;

    holey_source(asio::io_context& io, const std::string&) : file_{io}
    {
        layout().write(dir_.path("source"));
        file_ = open_file(io, dir_.path("source"));
    }
    static sparse_layout layout() { return {.size = size, .data = {{0, 10'000}, {131'072, 10'000}}}; }
    kernel_copy::file& end() { return file_; }
    std::uint64_t position() { return position_of(file_.native_handle()); }

private:
    temp_dir dir_{};
    kernel_copy::file file_;
};

template <class Source>
constexpr bool is_file_source = requires(Source& s)
{
    s.position();
}
|| std::is_same_v<decltype(std::declval<Source&>().end()), kernel_copy::file&>;

template <class Sink>
constexpr bool is_file_sink = std::is_same_v<decltype(std::declval<Sink&>().end()), kernel_copy::file&>;

template <class Source>
std::optional<std::uint64_t> position_in(Source& source)
{
    if constexpr (requires { source.position(); })
        return source.position();
    else if constexpr (is_file_source<Source>)
        return position_of(source.end().native_handle());
    else
        return std::nullopt;
}

} // namespace test

#endif
