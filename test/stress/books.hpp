// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_BOOKS_HPP
#define KERNEL_COPY_TEST_STRESS_BOOKS_HPP

#include "memory.hpp"
#include "peer.hpp"
#include "record.hpp"
#include "tally.hpp"

#include <cstdint>
#include <string>

namespace soak {

/// What one operation has moved, one way.
struct movement
{
    std::uint64_t taken = 0;
    std::uint64_t delivered = 0;
    std::uint64_t from_source = 0; ///< taken, and not from memory
};

/// The books of one direction, over all the operations that serve it: all that is taken from the source is delivered or
/// in the residue, in order.
class books : public memory_in_front
{
public:
    books(record& at, way& counts, tally& sums) : record_{at}, way_{counts}, tally_{sums} {}

    /// The stream begins with so many bytes in memory.
    void open(const stream_content& what, std::uint64_t header);
    /// Before an operation. Is anything in memory?
    bool begin();
    /// After it: it says how much it has delivered. A file is given back the rest, if it is open.
    movement end(std::uint64_t said);

    [[nodiscard]] const stream_content& content() const noexcept { return content_; }
    [[nodiscard]] std::uint64_t delivered() const noexcept { return delivered_; }
    [[nodiscard]] std::uint64_t from_source() const noexcept { return from_source_; }
    [[nodiscard]] bool has_memory() const noexcept { return !header.empty() || !rest.empty(); }

private:
    void check_memory() const;

    record& record_;
    way& way_;
    tally& tally_;
    stream_content content_{};
    std::uint64_t delivered_ = 0;
    std::uint64_t from_source_ = 0;

    // When the operation began.
    std::uint64_t taken_before_ = 0;
    std::uint64_t delivered_before_ = 0;
    std::uint64_t drained_before_ = 0;
    std::size_t header_before_ = 0;
    std::size_t rest_before_ = 0;
};

} // namespace soak

#endif
