// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/errno_policy.hpp>
#include <kernel_copy/detail/kernel.hpp>
#include <kernel_copy/detail/monitor_writer.hpp>
#include <kernel_copy/detail/scratch.hpp>
#include <kernel_copy/detail/send_small.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace kernel_copy::inline v0::detail {

namespace {

/// What goes out in one piece: bytes in memory, then all of the range.
struct small_piece
{
    std::uint64_t header = 0;
    std::uint64_t range = 0;
};

// Nothing but one prefix around the range, and limits inside of that.
small_piece find_piece(const progress& counts, std::span<const source_layer> layers)
{
    const source_layer* const front = counts.front();
    const bool simple = front == nullptr || (front == &layers.front() && front->limit == nullptr);
    for (const source_layer& layer : layers.subspan(1))
        if (layer.held() != 0)
            return {};
    if (!simple)
        return {};
    return {.header = front != nullptr ? front->held() : 0, .range = counts.allowed()};
}

} // namespace

std::optional<error_code> send_small(progress& counts, const source_end& source, const copy_options& options,
                                     descriptor_pair descriptors)
{
    if (options.disk == disk::always || !options.methods.contains(method::buffer) || options.max_bytes_per_second != 0)
        return std::nullopt;
    const small_piece piece = find_piece(counts, source.layers);
    scratch buffer;
    const std::size_t size = small_header + small_file;
    if (piece.range == 0 || piece.range > small_file || piece.header > small_header ||
        piece.header + piece.range > options.turn_budget || size > options.buffer_size ||
        !is_file_range(*source.position, piece.range) || !buffer.take(size))
        return std::nullopt;

    kernel& k = current_kernel();
    monitor_writer monitor{options.monitor};
    // The range is read to a page boundary, and what goes before it ends there.
    const auto header = static_cast<std::size_t>(piece.header);
    std::byte* const body = buffer.data() + (header != 0 ? small_header : 0);
    monitor.system_calls(1);
    monitor.issued(action_kind::read_source, method::buffer);
    const call_result read = options.disk == disk::inline_
                                 ? k.read(descriptors.source, source.position, body, piece.range)
                                 : k.read_if_ready(descriptors.source, source.position, body, piece.range);
    if (read.bytes != piece.range)
        return std::nullopt;
    if (header != 0)
    {
        const memory_ref& memory = counts.front()->memory;
        const std::span<const std::byte> shown = memory.peek(memory.object, {body - header, header});
        if (shown.size() < header)
            return std::nullopt;
        std::memmove(body - header, shown.data(), header);
    }
    monitor.system_calls(1);
    monitor.issued(action_kind::write_buffer, method::buffer);
    const call_result sent = k.send(descriptors.sink, body - header, header + piece.range, false);
    const std::uint64_t of_header = std::min(sent.bytes, piece.header);
    if (of_header != 0)
        counts.delivered_from_memory(of_header);
    counts.took(sent.bytes - of_header);
    counts.delivered(sent.bytes - of_header);
    monitor.moved(sent.bytes, sent.bytes, of_header, method::buffer);
    if (sent.error != 0 && sent.error != ENOTSOCK && judge(method::buffer, errno_code(sent.error)) == verdict::fail)
        return errno_code(sent.error); // a reset is told once
    if (sent.bytes != header + piece.range)
        return std::nullopt;
    return counts.truncated() ? error_code{errc::source_truncated} : error_code{};
}

} // namespace kernel_copy::inline v0::detail
