// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/errno_policy.hpp>
#include <kernel_copy/detail/file_memory.hpp>
#include <kernel_copy/detail/kernel.hpp>
#include <kernel_copy/detail/monitor_writer.hpp>
#include <kernel_copy/detail/scratch.hpp>
#include <kernel_copy/detail/send_range.hpp>
#include <kernel_copy/detail/signal_guard.hpp>
#include <kernel_copy/detail/whole_range.hpp>
#include <kernel_copy/residue.hpp>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace kernel_copy::inline v0::detail {

namespace {

class range_sender
{
public:
    range_sender(const source_end& source, const copy_options& options, descriptor_pair descriptors)
        : kernel_{current_kernel()}, source_{source}, options_{options},
          descriptors_{descriptors}, monitor_{options.monitor}, counts_{source.layers, source.position}
    {}

    std::optional<error_code> send()
    {
        const copy_setup known = setup();
        file_size_ = known.source.size;
        range_ = find_whole_range(known, counts_, source_.layers);
        const bool is_for_residue = options_.residue != nullptr && options_.residue->source_has_ended(); // to be told
        if (range_.length == 0 || is_for_residue)
            return std::nullopt;
        return range_.by == method::sendfile ? by_sendfile() : by_buffer();
    }

    [[nodiscard]] parked_pump done() const noexcept
    {
        return {.copy = {.taken = counts_.taken(), .delivered = counts_.delivered(), .drained = counts_.drained()},
                .held_back = held_back_};
    }

private:
    [[nodiscard]] copy_setup setup() const
    {
        copy_setup known{{terms_of(options_)}, {}, {}};
        known.source.kind = end_kind::regular_file;
        known.source.size = source_.memory != nullptr ? source_.memory->size() : 0;
        known.source.position = *source_.position;
        known.sink.kind = end_kind::stream_socket;
        known.methods = options_.methods;
        known.page_sharing = options_.page_sharing;
        known.disk = options_.disk;
        known.known_calls = kernel_.known().snapshot();
        return known;
    }

    std::optional<error_code> by_buffer();
    std::optional<error_code> by_sendfile();
    std::optional<error_code> sendfile();
    bool is_warm();
    /// Nothing if they can't be had in one piece.
    [[nodiscard]] std::span<const std::byte> header(std::span<std::byte> scratch) const
    {
        const memory_ref& memory = counts_.front()->memory;
        const std::span<const std::byte> shown = memory.peek(memory.object, scratch);
        return shown.first(shown.size() < range_.header ? 0 : static_cast<std::size_t>(range_.header));
    }
    call_result send(action_kind what, std::span<const std::byte> bytes, bool more);
    void moved(std::uint64_t of_header, std::uint64_t of_range);
    [[nodiscard]] std::optional<error_code> end(const call_result& last, method by) const;

    kernel& kernel_;
    const source_end& source_;
    const copy_options& options_;
    descriptor_pair descriptors_;
    monitor_writer monitor_;
    progress counts_;
    whole_range range_{};
    std::uint64_t file_size_ = 0; ///< if it is known
    bool held_back_ = false;      ///< the socket was told that more comes
};

call_result range_sender::send(action_kind what, std::span<const std::byte> bytes, bool more)
{
    monitor_.system_calls(1);
    monitor_.issued(what, method::buffer);
    return kernel_.send(descriptors_.sink, bytes.data(), bytes.size(), more);
}

void range_sender::moved(std::uint64_t of_header, std::uint64_t of_range)
{
    if (of_header != 0)
        counts_.delivered_from_memory(of_header);
    counts_.took(of_range);
    counts_.delivered(of_range);
    monitor_.moved(of_header + of_range, of_header + of_range, of_header, range_.by);
}

// Some errors are told once.
std::optional<error_code> range_sender::end(const call_result& last, method by) const
{
    if (last.error != 0 && last.error != ENOTSOCK && judge(by, errno_code(last.error)) == verdict::fail)
        return errno_code(last.error);
    if (counts_.allowed() != 0)
        return std::nullopt;
    return counts_.truncated() ? error_code{errc::source_truncated} : error_code{};
}

// One read, one send, one segment.
std::optional<error_code> range_sender::by_buffer()
{
    scratch buffer;
    if (!buffer.take(small_header + small_file))
        return std::nullopt;
    // The range is read to a page boundary, and what goes before it ends there.
    const auto before = static_cast<std::size_t>(range_.header);
    std::byte* const body = buffer.data() + (before != 0 ? small_header : 0);
    monitor_.system_calls(1);
    monitor_.issued(action_kind::read_source, method::buffer);
    const call_result read = options_.disk == disk::inline_
                                 ? kernel_.read(descriptors_.source, source_.position, body, range_.length)
                                 : kernel_.read_if_ready(descriptors_.source, source_.position, body, range_.length);
    if (read.bytes != range_.length)
        return std::nullopt;
    if (before != 0)
    {
        const std::span<const std::byte> shown = header({body - before, before});
        if (shown.empty())
            return std::nullopt;
        std::memmove(body - before, shown.data(), before);
    }
    const std::size_t all = before + static_cast<std::size_t>(range_.length);
    const call_result sent = send(action_kind::write_buffer, {body - before, all}, false);
    const std::uint64_t of_header = std::min(sent.bytes, range_.header);
    moved(of_header, sent.bytes - of_header);
    return end(sent, method::buffer);
}

std::optional<error_code> range_sender::by_sendfile()
{
    if (options_.disk != disk::inline_ && !is_warm())
        return std::nullopt;
    if (range_.header != 0)
    {
        scratch buffer;
        const auto before = static_cast<std::size_t>(range_.header);
        if (counts_.front()->memory.needs_scratch && !buffer.take(before))
            return std::nullopt;
        const std::span<const std::byte> shown = header({buffer.data(), buffer.data() != nullptr ? before : 0});
        if (shown.empty())
            return std::nullopt;
        const call_result sent = send(action_kind::write_memory, shown, true);
        held_back_ = sent.bytes != 0;
        moved(sent.bytes, 0);
        if (sent.bytes != range_.header)
            return end(sent, method::buffer);
    }
    const auto ended = sendfile();
    if (ended && ended->failed() && held_back_) // by the file, it may be
    {
        monitor_.system_calls(1);
        kernel_.push(descriptors_.sink);
    }
    return ended;
}

std::optional<error_code> range_sender::sendfile()
{
    signal_guard guard{true};
    const bool knows = signals_have_mattered();
    monitor_.system_calls(knows ? 1 : 2);
    if (knows || raised_signals_matter(end_kind::stream_socket))
        guard.arm();
    monitor_.issued(action_kind::transfer, method::sendfile);
    const call_result sent = kernel_.sendfile(descriptors_.source, source_.position, descriptors_.sink, range_.length);
    guard.note(sent, range_.length);
    monitor_.system_calls(guard.release());
    if (sent.bytes != 0)
        held_back_ = sent.bytes != range_.length;
    moved(0, sent.bytes);
    return end(sent, method::sendfile);
}

// A larger question than this range needs is asked where that goes on from the last, and may be in vain.
bool range_sender::is_warm()
{
    const std::uint64_t position = *source_.position;
    const std::uint64_t most = file_size_ - position;
    warm_stretch known = source_.memory->warm();
    known.tell_time(kernel_.now());
    bool may_be = true;
    for (; may_be && known.left(position) < range_.length; source_.memory->keep_warm(known))
    {
        const std::uint64_t asked = known.ask(position, range_.length, most);
        monitor_.system_calls(1);
        const std::uint64_t found = kernel_.warm(descriptors_.source, position, asked).bytes;
        may_be = known.found(found) && (found == 0 || found >= range_.length);
    }
    return may_be;
}

} // namespace

std::optional<error_code> send_range(const source_end& source, const copy_options& options, descriptor_pair descriptors,
                                     parked_pump& done)
{
    range_sender sender{source, options, descriptors};
    const auto ended = sender.send();
    done = sender.done();
    return ended;
}

} // namespace kernel_copy::inline v0::detail
