// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_BYTE_RANGE_HPP
#define KERNEL_COPY_EXAMPLE_BYTE_RANGE_HPP

#include <cstdint>
#include <string_view>

namespace kernel_copy::example {

struct byte_range
{
    enum class answer
    {
        whole,         ///< no range, one that is none, or several: the header is ignored (RFC 9110, 14.2)
        part,          ///< 206
        unsatisfiable, ///< 416
    };

    answer kind = answer::whole;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// What a Range header asks for of a file of this size. offset and length always lie within it.
byte_range parse_range(std::string_view header, std::uint64_t size);

} // namespace kernel_copy::example

#endif
