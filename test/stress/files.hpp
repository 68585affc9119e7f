// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_FILES_HPP
#define KERNEL_COPY_TEST_STRESS_FILES_HPP

#include "draw.hpp"
#include "ends.hpp"
#include "peer.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace soak {

/// The files that are copied from, which stay as they are, and a place for those that are copied to: on the disk, and
/// in memory.
class files
{
public:
    struct one
    {
        std::string path;
        std::uint64_t size;
        stream_content content;
        int opened; ///< its position stays 0
    };

    files(const std::string& directory, std::uint64_t most_bytes);
    files(const files&) = delete;
    files& operator=(const files&) = delete;
    ~files();

    [[nodiscard]] const one& any(draw& d) const { return all_[d.below(all_.size())]; }
    /// A new file that nobody else sees. Throws if there is no descriptor to be had.
    [[nodiscard]] int create(draw& d, std::uint64_t number, bool append) const;
    void check_positions() const;

private:
    std::array<std::string, 2> directories_;
    std::vector<one> all_{};
};

/// What a file holds of a stream, from a place in it on, and not a byte more.
void check_file(const record& at, int opened, std::uint64_t from, const stream_content& what, std::uint64_t begin,
                std::uint64_t size);

} // namespace soak

#endif
