// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_ENDLESS_HPP
#define KERNEL_COPY_TEST_SUPPORT_ENDLESS_HPP

#include "content.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace test {

/// Content of any length that depends on its position and on a seed, and that costs no memory of that length. Its
/// period is a prime, so that no buffer, pipe or page size hides a loss.
class endless
{
public:
    explicit endless(std::uint64_t seed) : start_{seed * 104'729} {}

    /// At most so many bytes from a position on; at least one, if one is asked for.
    [[nodiscard]] std::string_view at(std::uint64_t position, std::uint64_t most) const
    {
        const std::string_view rest =
            std::string_view{block()}.substr(static_cast<std::size_t>((start_ + position) % block().size()));
        return rest.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(most, rest.size())));
    }

    [[nodiscard]] bool is(std::uint64_t position, std::string_view bytes) const
    {
        while (!bytes.empty())
        {
            const std::string_view expected = at(position, bytes.size());
            if (bytes.substr(0, expected.size()) != expected)
                return false;
            bytes.remove_prefix(expected.size());
            position += expected.size();
        }
        return true;
    }

    [[nodiscard]] std::string copy(std::uint64_t position, std::uint64_t n) const
    {
        std::string bytes;
        while (bytes.size() != n)
            bytes += at(position + bytes.size(), n - bytes.size());
        return bytes;
    }

private:
    static const std::string& block()
    {
        static const std::string bytes = content(1'000'003);
        return bytes;
    }

    std::uint64_t start_;
};

} // namespace test

#endif
