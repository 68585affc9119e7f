// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/machine_context.hpp>
#include <kernel_copy/detail/plan.hpp>
#include <kernel_copy/detail/whole_range.hpp>

#include <algorithm>

namespace kernel_copy::inline v0::detail {

namespace {

// Nothing but one prefix around the range, and limits inside of that.
bool is_simple(const progress& counts, std::span<const source_layer> layers)
{
    const source_layer* const front = counts.front();
    if (front != nullptr && (front != &layers.front() || front->limit != nullptr))
        return false;
    return std::all_of(layers.begin() + 1, layers.end(), [](const source_layer& layer) { return layer.held() == 0; });
}

bool can_be_sent_by_sendfile(const copy_setup& setup, std::uint64_t length)
{
    const std::uint64_t known = setup.source.size - std::min(setup.source.size, setup.source.position);
    return length <= known && length <= warm_stretch::most_asked && make_plan(setup).contains(method::sendfile);
}

} // namespace

whole_range find_whole_range(const copy_setup& setup, const progress& counts, std::span<const source_layer> layers)
{
    if (setup.disk == disk::always || setup.bytes_per_second != 0 || !is_simple(counts, layers))
        return {};
    const std::uint64_t header = counts.front_length();
    const std::uint64_t length = counts.allowed();
    if (length == 0 || header > small_header || length > setup.turn_budget || header + length > setup.turn_budget)
        return {};
    if (find_misuse(setup, length) || !is_file_range(setup.source.position, length))
        return {};
    const bool fits = small_header + small_file <= setup.buffer_size;
    if (length <= small_file && fits && setup.methods.contains(method::buffer))
        return {.by = method::buffer, .header = header, .length = length};
    if (can_be_sent_by_sendfile(setup, length))
        return {.by = method::sendfile, .header = header, .length = length};
    return {};
}

} // namespace kernel_copy::inline v0::detail
