// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TAKE_HPP
#define KERNEL_COPY_TAKE_HPP

#include <kernel_copy/detail/limited_source.hpp>

namespace kernel_copy::inline v0 {

/// A source of which at most a number of bytes is read. Made by take().
///
/// `std::uint64_t limit() const` tells how many bytes may still be read; `void set_limit(std::uint64_t)` changes that,
/// while no copy is under way.
///
/// Also an AsyncReadStream, so that Asio's buffered streams can wrap it.
template <class Source>
class take_view : public detail::limited_source<Source>
{
public:
    using detail::limited_source<Source>::limited_source;
};

/// At most `limit` bytes of `source`.
///
/// An lvalue source is held by reference and must outlive the view; an rvalue is moved into it. A named view
/// passed to async_kernel_copy is used by reference: its remaining limit() is exact afterwards, on success,
/// on error and after cancellation. It has shrunk by the bytes that were taken from the source.
template <class Source>
[[nodiscard]] take_view<Source> take(Source&& source, std::uint64_t limit)
{
    return take_view<Source>{std::forward<Source>(source), limit};
}

template <class Source>
struct endpoint_traits<take_view<Source>> : detail::limited_source_traits<take_view<Source>, false>
{};

} // namespace kernel_copy::inline v0

#endif
