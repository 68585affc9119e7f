// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_FILE_RANGE_HPP
#define KERNEL_COPY_FILE_RANGE_HPP

#include <kernel_copy/detail/endpoint_concepts.hpp>
#include <kernel_copy/detail/holder.hpp>

#include <cstdint>
#include <limits>
#include <utility>

namespace kernel_copy::inline v0 {

/// A range of a file. Made by file_range().
template <class File>
class file_range_view
{
public:
    /// As a length: as much as there is.
    static constexpr std::uint64_t to_the_end = std::numeric_limits<std::uint64_t>::max();

    using next_layer_type = std::remove_cvref_t<File>;            ///< the file
    using executor_type = detail::executor_of_t<next_layer_type>; ///< the file's

    /// As file_range() makes it. An lvalue is held by reference and must outlive the view; an rvalue is moved in.
    file_range_view(File&& from, std::uint64_t offset, std::uint64_t length)
        : file_{std::forward<File>(from)}, offset_{offset}, length_{length}
    {}

    /// Where the next byte is read. Moves along with what was copied.
    [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
    /// Bytes of the range that remain, or to_the_end.
    [[nodiscard]] std::uint64_t length() const noexcept { return length_; }

    /// The file.
    next_layer_type& next_layer() noexcept { return file_.get(); }
    /// That of the file.
    executor_type get_executor() { return detail::executor_of(next_layer()); }

private:
    friend struct endpoint_traits<file_range_view>;

    detail::holder<File> file_;
    std::uint64_t offset_;
    std::uint64_t length_;
};

/// `length` bytes of a file from `offset` on, which are owed: if the file ends before, the copy ends with
/// errc::source_truncated and the count.
///
/// The file's own position is neither used nor moved (pread(2), and the offset arguments of sendfile(2),
/// splice(2) and copy_file_range(2)), so one open file serves any number of operations at once. The file is a
/// kernel_copy::file, a posix::stream_descriptor, or Asio's stream_file or random_access_file; anything that
/// is not a regular file or a block device ends the copy with ESPIPE. An offset or an end beyond what a file
/// can have, 2^63 - 1, which is also what a negative number turns into, is EINVAL. An offset past the end of
/// the file is an early end.
template <class File>
[[nodiscard]] file_range_view<File> file_range(File&& from, std::uint64_t offset, std::uint64_t length)
{
    return file_range_view<File>{std::forward<File>(from), offset, length};
}

/// A file from `offset` to its end, wherever that is by then. An offset past the end gives 0 bytes.
template <class File>
[[nodiscard]] file_range_view<File> file_range(File&& from, std::uint64_t offset)
{
    return file_range_view<File>{std::forward<File>(from), offset, file_range_view<File>::to_the_end};
}

template <class File>
struct endpoint_traits<file_range_view<File>>
{
    using view = file_range_view<File>;
    static_assert(detail::has_descriptor<typename view::next_layer_type>,
                  "file_range needs a file: kernel_copy::file, posix::stream_descriptor, stream_file or "
                  "random_access_file");

    static constexpr bool is_view = true;
    static auto& next_layer(view& v) noexcept { return v.next_layer(); }
    static std::uint64_t& position(view& v) noexcept { return v.offset_; }
    static std::uint64_t* limit(view& v) noexcept { return v.length_ == view::to_the_end ? nullptr : &v.length_; }
    static bool exact(view&) noexcept { return true; }
};

} // namespace kernel_copy::inline v0

#endif
