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
    : layers_{of.layers}, holes_{of.holes}, setup_{of.setup}, temper_{how}, start_{of.position.value_or(
                                                                                of.setup.source.position)},
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
    bool& blocked_last = blocked_last_[reads ? 0 : 1];
    blocked_last = may && temper_.blocks_every_other_call && !blocked_last;
    return blocked_last;
}

std::uint64_t world::most(const action& a)
{
    const bool takes =
        a.kind == action_kind::transfer || a.kind == action_kind::fill_pipe || a.kind == action_kind::read_source;
    takes_ += takes ? 1 : 0;
    const bool spell = takes && takes_ / temper::spell % 2 == 1;
    return std::min({a.length, temper_.most_per_call, spell ? temper_.most_in_a_spell : no_limit});
}

event world::answer(const action& a)
{
    const event would_block{.bytes = 0, .error = errno_code(EAGAIN)};
    if (a.runs == detail::place::here_if_ready)
        return read_without_waiting(a);
    switch (a.kind)
    {
    case action_kind::transfer:
        if (a.hole != 0)
            return answer_for_files(a);
        [[fallthrough]];
    case action_kind::fill_pipe:
    case action_kind::read_source:
        return blocks(a) ? would_block : event{.bytes = std::min(most(a), source_end_ - cursor_)};
    case action_kind::drain_pipe:
        return blocks(a) ? would_block : event{.bytes = std::min(most(a), in_pipe(a.half))};
    case action_kind::read_pipe:
    case action_kind::save_pipe:
        return {.bytes = std::min(most(a), in_pipe(a.half))};
    case action_kind::save_buffer:
        return {.bytes = a.length};
    case action_kind::write_memory:
    case action_kind::write_buffer:
        return blocks(a) ? would_block : event{.bytes = most(a)};
    case action_kind::clone_range:
    case action_kind::find_data:
    case action_kind::skip_hole:
        return answer_for_files(a);
    case action_kind::flush_sink:
        return blocks(a) ? would_block : event{};
    case action_kind::open_pipe:
        return {.bytes = pipe_capacity};
    case action_kind::grow_pipe:
        return {.bytes = setup_.pipe_capacity};
    case action_kind::ask_warmth:
        return {.bytes = warm(std::min(a.length, source_end_ - cursor_))};
    case action_kind::confirm_end:
        return {.bytes = std::min<std::uint64_t>(source_end_ - cursor_, 1)};
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
    switch (a.kind)
    {
    case action_kind::ask_readiness:
    case action_kind::confirm_end:
    case action_kind::probe_call:
    case action_kind::push_sink:
        return;
    case action_kind::open_pipe:
    case action_kind::grow_pipe:
    case action_kind::return_pipe:
        return pipe_happens(a, e);
    case action_kind::transfer:
        if (a.hole != 0)
            return files_happen(a, e);
        break;
    case action_kind::clone_range:
    case action_kind::find_data:
    case action_kind::skip_hole:
        return files_happen(a, e);
    default:
        break;
    }
    require(e.bytes <= a.length, "the answer says more than was asked for");
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
    case action_kind::drain_pipe:
        pipe_happens(a, e);
        break;
    case action_kind::unread_source:
        unread(a, e);
        break;
    case action_kind::save_buffer:
    case action_kind::save_pipe:
        save(a, e);
        break;
    case action_kind::ask_warmth:
        break;
    default:
        buffer_happens(a, e);
        break;
    }
}

void world::pipe_happens(const action& a, const event& e)
{
    pipe& which = pipes_[a.half];
    require(which.is_held == (a.kind != action_kind::open_pipe),
            which.is_held ? "the pipe is lost" : "there is no pipe");
    require(a.kind == action_kind::drain_pipe || which.bytes.size() == 0, "the pipe still holds bytes");
    switch (a.kind)
    {
    case action_kind::open_pipe:
        require(e.error || e.bytes != 0, "a pipe without a capacity");
        which.is_held = !e.error;
        break;
    case action_kind::return_pipe:
        which.is_held = false;
        break;
    case action_kind::fill_pipe:
        which.bytes.append(from_source(e.bytes));
        break;
    case action_kind::drain_pipe:
        sink_.append(which.bytes.take_front(e.bytes));
        break;
    default:
        break;
    }
}

void world::buffer_happens(const action& a, const event& e)
{
    buffer_half& half = halves_[a.half];
    switch (a.kind)
    {
    case action_kind::read_source:
    case action_kind::read_pipe:
        require(half.bytes.size() == 0, "a read into a buffer that still holds bytes");
        half.bytes =
            a.kind == action_kind::read_source ? from_source(e.bytes) : pipes_[a.half].bytes.take_front(e.bytes);
        half.held = e.bytes;
        break;
    case action_kind::write_buffer:
        require(a.length <= half.bytes.size() && a.offset == half.held - half.bytes.size(),
                "a write of other bytes than are left");
        sink_.append(half.bytes.take_front(e.bytes));
        break;
    default:
        break;
    }
}

void world::save(const action& a, const event& e)
{
    buffer_half& half = halves_[a.half];
    const bool from_pipe = a.kind == action_kind::save_pipe;
    require(a.length == (from_pipe ? in_pipe(a.half) : half.bytes.size()) && a.length != 0 &&
                a.offset == (from_pipe ? 0 : half.held - a.length),
            "saves other bytes than are left");
    kept_.append((from_pipe ? pipes_[a.half].bytes : half.bytes).take_front(e.bytes));
}

// The pipes go, with what they hold, unless the file can't take that back.
void world::unread(const action& a, const event& e)
{
    require(a.length == in_flight(), "other bytes given back than are left");
    if (e.error)
        return;
    for (pipe& each : pipes_)
        each.is_held = false;
    cursor_ -= in_pipe();
    for (pipe& each : pipes_)
        each.bytes.clear();
    give_back_silently();
}

void world::drop_empty_pipes()
{
    for (pipe& each : pipes_)
        each.is_held = each.is_held && each.bytes.size() != 0;
}

void world::give_back_silently()
{
    cursor_ -= in_buffer();
    for (buffer_half& half : halves_)
        half.bytes.clear();
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
