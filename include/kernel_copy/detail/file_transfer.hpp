// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_FILE_TRANSFER_HPP
#define KERNEL_COPY_DETAIL_FILE_TRANSFER_HPP

#include <kernel_copy/detail/machine_context.hpp>

#include <cstdint>

namespace kernel_copy::inline v0::detail {

/// A regular file to a regular file by copy_file_range or sendfile. What the file system can share between the two is
/// shared and not copied, by copy_file_range(2)'s method alone, and holes stay holes. Both are tried only: what does not
/// work is copied as data.
class file_transfer
{
public:
    file_transfer(machine_context& context, method by) noexcept
        : context_{context}, by_{by}, shares_{by == method::copy_file_range && !context.pacer.limits()},
          keeps_holes_{context.has_holes}
    {}
    action again();
    action resume(const event& e);

private:
    enum class step : unsigned char
    {
        moving,
        sharing, ///< clone_range
        finding, ///< find_data
        skipping ///< skip_hole
    };

    action ask(step next, action_kind kind, std::uint64_t length) noexcept;
    [[nodiscard]] std::uint64_t shareable() const noexcept;
    action shared(const event& e);
    action transfer() noexcept;
    action found(const event& e);
    action skipped(const event& e);
    action moved(const event& e);
    action without_holes();
    [[nodiscard]] action ended() const;

    machine_context& context_;
    std::uint64_t asked_ = 0; ///< of the last transfer
    std::uint64_t hole_ = 0;  ///< that follows, as far as it is known
    std::uint64_t data_ = 0;  ///< that follows the hole
    method by_;
    step step_ = step::moving;
    bool shares_;      ///< it has not been refused
    bool keeps_holes_; ///< the same
    bool moved_any_ = false;
};

} // namespace kernel_copy::inline v0::detail

#endif
