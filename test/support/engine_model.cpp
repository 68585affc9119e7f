// Distributed under the Boost Software License, Version 1.0.
#include <support/engine_model.hpp>

#include <algorithm>
#include <cerrno>

namespace kernel_copy::test {

void byte_line::append(const piece& p)
{
    if (p.begin == p.end)
        return;
    if (!pieces_.empty() && pieces_.back().origin == p.origin && pieces_.back().end == p.begin)
        pieces_.back().end = p.end;
    else
        pieces_.push_back(p);
}

void byte_line::append(const byte_line& other)
{
    for (const piece& p : other.pieces_)
        append(p);
}

byte_line byte_line::take_front(std::uint64_t n)
{
    require(n <= size(), "more taken out than was put in");
    byte_line front;
    while (n != 0)
    {
        piece& first = pieces_.front();
        const std::uint64_t part = std::min(n, first.end - first.begin);
        front.append(piece{first.origin, first.begin, first.begin + part});
        first.begin += part;
        n -= part;
        if (first.begin == first.end)
            pieces_.erase(pieces_.begin());
    }
    return front;
}

std::uint64_t byte_line::size() const
{
    std::uint64_t sum = 0;
    for (const piece& p : pieces_)
        sum += p.end - p.begin;
    return sum;
}

world::world(const scenario& of, std::uint64_t source_holds, temper how)
    : layers_{of.layers}, setup_{of.setup}, temper_{how}, start_{of.position.value_or(of.setup.source.position)},
      cursor_{start_}, source_end_{source_holds > no_limit - start_ ? no_limit : start_ + source_holds}
{}

bool world::blocks(const action& a)
{
    const auto can_block = [](end_kind kind) {
        return kind != end_kind::regular_file && kind != end_kind::block_device && kind != end_kind::stream;
    };
    const bool reads = a.kind == action_kind::fill_pipe || a.kind == action_kind::read_source;
    bool may = can_block(reads ? setup_.source.kind : setup_.sink.kind);
    if (a.kind == action_kind::transfer)
        may = a.by != method::copy_file_range && (may || can_block(setup_.source.kind));
    blocked_last_ = may && temper_.blocks_every_other_call && !blocked_last_;
    return blocked_last_;
}

event world::answer(const action& a)
{
    const event would_block{.bytes = 0, .error = errno_code(EAGAIN)};
    const std::uint64_t most = std::min(a.length, temper_.most_per_call);
    switch (a.kind)
    {
    case action_kind::transfer:
    case action_kind::fill_pipe:
    case action_kind::read_source:
        return blocks(a) ? would_block : event{.bytes = std::min(most, source_end_ - cursor_)};
    case action_kind::drain_pipe:
        return blocks(a) ? would_block : event{.bytes = std::min(most, in_pipe())};
    case action_kind::read_pipe:
        return {.bytes = std::min(most, in_pipe())};
    case action_kind::write_memory:
    case action_kind::write_buffer:
        return blocks(a) ? would_block : event{.bytes = most};
    case action_kind::flush_sink:
        return blocks(a) ? would_block : event{};
    case action_kind::probe_call:
        return {.bytes = 1};
    case action_kind::ask_readiness:
        return {.bytes = cursor_ % 2 == 0 ? detail::source_ready : detail::sink_ready};
    default:
        return {};
    }
}

byte_line world::from_source(std::uint64_t n)
{
    require(n <= source_end_ - cursor_, "the script takes more than the source holds");
    byte_line taken;
    taken.append(piece{layers_.size(), cursor_, cursor_ + n});
    cursor_ += n;
    return taken;
}

void world::happen(const action& a, const event& e, std::size_t front, std::uint64_t front_consumed)
{
    require(a.kind == action_kind::ask_readiness || a.kind == action_kind::probe_call || e.bytes <= a.length,
            "the answer says more than was asked for");
    switch (a.kind)
    {
    case action_kind::write_memory:
        sink_.append(piece{front, front_consumed, front_consumed + e.bytes});
        from_memory_ += e.bytes;
        break;
    case action_kind::transfer:
        sink_.append(from_source(e.bytes));
        break;
    case action_kind::fill_pipe:
        pipe_.append(from_source(e.bytes));
        break;
    case action_kind::drain_pipe:
        sink_.append(pipe_.take_front(e.bytes));
        break;
    case action_kind::read_source:
    case action_kind::read_pipe:
        require(in_buffer() == 0, "a read into a buffer that still holds bytes");
        buffer_ = a.kind == action_kind::read_source ? from_source(e.bytes) : pipe_.take_front(e.bytes);
        buffer_held_ = e.bytes;
        break;
    case action_kind::write_buffer:
        require(a.length == in_buffer() && a.offset == buffer_held_ - a.length, "a write of other bytes than are left");
        sink_.append(buffer_.take_front(e.bytes));
        break;
    case action_kind::unread_source:
        require(a.length == in_buffer() && in_pipe() == 0, "other bytes given back than are left");
        if (!e.error)
            give_back_silently();
        break;
    default:
        break;
    }
}

void world::give_back_silently()
{
    cursor_ -= in_buffer();
    buffer_.clear();
}

// What layers from `layer` inwards let through, at most `most` bytes.
byte_line world::promised(std::size_t layer, std::uint64_t most) const
{
    byte_line line;
    if (layer == layers_.size())
    {
        line.append(piece{layer, start_, start_ + std::min(most, source_end_ - start_)});
        return line;
    }
    if (const auto limit = layers_[layer].limit)
        return promised(layer + 1, std::min(most, *limit));
    const std::uint64_t held = std::min<std::uint64_t>(most, layers_[layer].memory.size());
    line.append(piece{layer, 0, held});
    line.append(promised(layer + 1, most - held));
    return line;
}

} // namespace kernel_copy::test
