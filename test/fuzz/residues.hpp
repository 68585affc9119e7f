// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FUZZ_RESIDUES_HPP
#define KERNEL_COPY_TEST_FUZZ_RESIDUES_HPP

#include <kernel_copy/residue.hpp>
#include <support/scenario.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace kernel_copy::test {

/// What was taken and not delivered is there. `may_lack`: it could not all be read out of a pipe.
inline void check_residue(const residue& rest, const std::string& line, std::uint64_t delivered, std::uint64_t taken,
                          bool may_lack)
{
    const boost::asio::const_buffer bytes = rest.data();
    const std::string_view kept{static_cast<const char*>(bytes.data()), bytes.size()};
    require(kept.size() == taken - delivered || (may_lack && kept.size() < taken - delivered),
            "the residue is not what is in flight");
    require(std::string_view{line}.substr(static_cast<std::size_t>(delivered), kept.size()) == kept,
            "other bytes are in the residue than were not delivered");
}

} // namespace kernel_copy::test

#endif
