// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_ENGINE_MODEL_HPP
#define KERNEL_COPY_TEST_SUPPORT_ENGINE_MODEL_HPP

#include <kernel_copy/detail/action.hpp>
#include <support/scenario.hpp>

#include <cstdint>
#include <vector>

namespace kernel_copy::test {

using detail::action;
using detail::action_kind;
using detail::event;

/// A piece of what the source holds, told by where it comes from. Bytes carry their place, so that order,
/// loss and repetition show without storing a gigabyte.
struct piece
{
    std::size_t origin = 0; ///< a layer with memory, or the number of layers for the innermost source
    std::uint64_t begin = 0;
    std::uint64_t end = 0;

    friend bool operator==(const piece&, const piece&) = default;
};

/// Pieces one after another, neighbours joined.
class byte_line
{
public:
    void append(const piece& p);
    byte_line take_front(std::uint64_t n);
    void append(const byte_line& other);
    void clear() { pieces_.clear(); }
    [[nodiscard]] std::uint64_t size() const;
    friend bool operator==(const byte_line&, const byte_line&) = default;

private:
    std::vector<piece> pieces_{};
};

/// How willing the modelled kernel is.
struct temper
{
    std::uint64_t most_per_call = no_limit;
    bool blocks_every_other_call = false;
};

/// A source, a pipe, a buffer and a sink, moved as the actions and their answers say. Knows nothing of the
/// engine's policy.
class world
{
public:
    world(const scenario& of, std::uint64_t source_holds, temper how);

    /// What an honest kernel answers.
    event answer(const action& a);
    /// Lets happen what an answer says has happened. `front` is the layer that memory is written from.
    void happen(const action& a, const event& e, std::size_t front, std::uint64_t front_consumed);
    /// An unfinished buffer of an explicit range is given back by moving its position alone.
    void give_back_silently();
    void end_source_here() { source_end_ = cursor_; }

    [[nodiscard]] std::uint64_t cursor() const { return cursor_; }
    [[nodiscard]] std::uint64_t taken_from_source() const { return cursor_ - start_; }
    [[nodiscard]] std::uint64_t taken() const { return from_memory_ + taken_from_source(); }
    [[nodiscard]] std::uint64_t in_pipe() const { return pipe_.size(); }
    [[nodiscard]] std::uint64_t in_buffer() const { return buffer_.size(); }
    [[nodiscard]] std::uint64_t in_flight() const { return in_pipe() + in_buffer(); }
    [[nodiscard]] const byte_line& arrived() const { return sink_; }
    /// What a reader of the wrapped source would have got in all.
    [[nodiscard]] byte_line promised() const { return promised(0, no_limit); }

private:
    [[nodiscard]] byte_line promised(std::size_t layer, std::uint64_t most) const;
    byte_line from_source(std::uint64_t n);
    bool blocks(const action& a);

    std::vector<layer_spec> layers_;
    copy_setup setup_;
    temper temper_;
    std::uint64_t start_;
    std::uint64_t cursor_;
    std::uint64_t source_end_;
    std::uint64_t from_memory_ = 0;
    byte_line pipe_{};
    byte_line buffer_{};
    byte_line sink_{};
    std::uint64_t buffer_held_ = 0;
    bool blocked_last_ = false;
};

} // namespace kernel_copy::test

#endif
