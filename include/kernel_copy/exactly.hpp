// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXACTLY_HPP
#define KERNEL_COPY_EXACTLY_HPP

#include <kernel_copy/detail/limited_source.hpp>

namespace kernel_copy::inline v0 {

/// A source that owes a number of bytes. Made by exactly(). Also an AsyncReadStream, with limit() and set_limit() as those
/// of take_view.
template <class Source>
class exactly_view : public detail::limited_source<Source>
{
public:
    using detail::limited_source<Source>::limited_source;
};

/// Exactly `length` bytes of `source`: no more are read, and a source that ends early makes the copy end with
/// errc::source_truncated and the count of what arrived. Otherwise as take().
template <class Source>
[[nodiscard]] exactly_view<Source> exactly(Source&& source, std::uint64_t length)
{
    return exactly_view<Source>{std::forward<Source>(source), length};
}

template <class Source>
struct endpoint_traits<exactly_view<Source>> : detail::limited_source_traits<exactly_view<Source>, true>
{};

} // namespace kernel_copy::inline v0

#endif
