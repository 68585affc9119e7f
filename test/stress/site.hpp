// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_SITE_HPP
#define KERNEL_COPY_TEST_STRESS_SITE_HPP

#include "files.hpp"
#include "record.hpp"
#include "scarcity.hpp"
#include "settings.hpp"
#include "tally.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <atomic>
#include <cstdint>
#include <optional>

namespace soak {

/// What all transfers share.
struct site
{
    const settings& with;
    const files& sources;
    tally& counts;
    scarcity& descriptors;
    registry& under_way;
    std::atomic<std::uint64_t>& next_transfer;
    boost::asio::any_io_executor disk_threads; ///< threads of the program's own
    std::atomic<bool> over{false};             ///< no transfer begins any more

    std::optional<std::uint64_t> next_number()
    {
        if (over)
            return std::nullopt;
        const std::uint64_t n = next_transfer.fetch_add(1);
        if (with.transfers != 0 && n - with.first >= with.transfers)
            return std::nullopt;
        return n;
    }
};

} // namespace soak

#endif
