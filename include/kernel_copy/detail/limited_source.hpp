// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_LIMITED_SOURCE_HPP
#define KERNEL_COPY_DETAIL_LIMITED_SOURCE_HPP

#include <kernel_copy/detail/holder.hpp>
#include <kernel_copy/detail/view_stream.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// What take() and exactly() have in common.
template <class Source>
class limited_source : public view_stream<Source, limited_source<Source>>
{
public:
    limited_source(Source&& source, std::uint64_t limit)
        : view_stream<Source, limited_source<Source>>{std::forward<Source>(source)}, limit_{limit}
    {}

    /// Bytes that may still be read.
    [[nodiscard]] std::uint64_t limit() const noexcept { return limit_; }
    void set_limit(std::uint64_t limit) noexcept { limit_ = limit; }
    [[nodiscard]] std::uint64_t* limit_pointer() noexcept { return &limit_; }

    // For view_stream
    [[nodiscard]] std::size_t readable() const noexcept
    {
        return static_cast<std::size_t>(std::min<std::uint64_t>(limit_, std::numeric_limits<std::size_t>::max()));
    }
    void was_read(std::size_t n) noexcept { limit_ -= n; }

private:
    std::uint64_t limit_;
};

template <class View, bool Exact>
struct limited_source_traits
{
    static constexpr bool is_view = true;
    static auto& next_layer(View& v) noexcept { return v.next_layer(); }
    static std::uint64_t* limit(View& v) noexcept { return v.limit_pointer(); }
    static bool exact(View&) noexcept { return Exact; }
};

} // namespace kernel_copy::inline v0::detail

#endif
