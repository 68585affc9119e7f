// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_SETTINGS_HPP
#define KERNEL_COPY_TEST_STRESS_SETTINGS_HPP

#include <cstddef>
#include <cstdint>
#include <string>

namespace soak {

/// What the command line asks for.
struct settings
{
    std::uint64_t seed = 1;
    std::uint64_t first = 0;            ///< number of the first transfer
    std::uint64_t transfers = 0;        ///< 0: as many as there is time for
    unsigned seconds = 10;              ///< new transfers begin until then
    unsigned round = 10;                ///< seconds after which all contexts end and the balance is drawn
    std::size_t concurrency = 48;       ///< transfers at once
    std::size_t threads = 4;            ///< half of them run one context together, the others one each
    std::uint64_t most_bytes = 4 << 20; ///< of a stream
    bool scarcity = true;
    bool destruction = true;
    bool verbose = false;
    std::string directory{"."};
};

/// Gives false if the program shall end.
bool read_arguments(int argc, char** argv, settings& with);

} // namespace soak

#endif
