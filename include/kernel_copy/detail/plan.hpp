// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_PLAN_HPP
#define KERNEL_COPY_DETAIL_PLAN_HPP

#include <kernel_copy/detail/facts.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace kernel_copy::inline v0::detail {

/// The methods that suit two ends, in the order in which they are to be tried.
class method_plan
{
public:
    static method_plan of(method m) noexcept
    {
        method_plan plan;
        plan.add(m);
        return plan;
    }

    void add(method m) noexcept { methods_[size_++] = m; }
    [[nodiscard]] bool empty() const noexcept { return next_ == size_; }
    [[nodiscard]] bool contains(method m) const noexcept
    {
        return std::find(methods_.begin() + next_, methods_.begin() + size_, m) != methods_.begin() + size_;
    }

    /// Takes the next method off the plan.
    std::optional<method> next() noexcept { return empty() ? std::nullopt : std::optional<method>{methods_[next_++]}; }

    /// Drops all that comes before `m`.
    void skip_to(method m) noexcept
    {
        while (!empty() && methods_[next_] != m)
            ++next_;
    }

private:
    std::array<method, method_count> methods_{};
    std::uint8_t size_ = 0;
    std::uint8_t next_ = 0;
};

/// The method table. `allowed` and calls known to be unavailable are taken out of it.
[[nodiscard]] method_plan make_plan(const copy_setup& setup);

/// May this method move these bytes without the sink seeing later writes to the source?
[[nodiscard]] bool shares_no_pages(const end_facts& source, const end_facts& sink) noexcept;

/// What is wrong with a copy before it has begun; no error if nothing is. `limit` is what may be copied at most.
[[nodiscard]] error_code find_misuse(const copy_setup& setup, std::uint64_t limit) noexcept;

[[nodiscard]] constexpr bool is_same_file(const end_facts& a, const end_facts& b) noexcept
{
    return a.kind == end_kind::regular_file && b.kind == end_kind::regular_file && a.device == b.device &&
           a.inode == b.inode;
}

/// A copy of a file onto itself whose ranges overlap would read what it has just written, without end.
/// `limit` is what may be copied at most; both positions must be known.
[[nodiscard]] bool ranges_overlap(const end_facts& source, const end_facts& sink, std::uint64_t limit) noexcept;

/// Do the offset and the end of an explicit range fit into what a file can have? `length` may be no_limit.
[[nodiscard]] bool is_file_range(std::uint64_t offset, std::uint64_t length) noexcept;

} // namespace kernel_copy::inline v0::detail

#endif
