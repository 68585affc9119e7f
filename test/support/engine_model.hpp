// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_ENGINE_MODEL_HPP
#define KERNEL_COPY_TEST_SUPPORT_ENGINE_MODEL_HPP

#include <kernel_copy/detail/action.hpp>
#include <support/scenario.hpp>

#include <array>
#include <cstdint>
#include <vector>

namespace kernel_copy::test {

using detail::action;
using detail::action_kind;
using detail::call_side;
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

/// Of two calls under way, the one that answers first.
enum class first_answer : unsigned char
{
    sink,
    source,
    alternating
};

/// What of a file is in memory.
enum class warmth : unsigned char
{
    all,
    none,
    every_other, ///< of what is asked about or read; what is read without waiting says EAGAIN, gives a part, or says 0
    a_part       ///< of it, from its beginning on
};

/// How willing the modelled kernel is.
struct temper
{
    std::uint64_t most_per_call = no_limit;
    bool blocks_every_other_call = false;
    std::uint64_t most_in_a_spell = no_limit; ///< the same in every other spell of `spell` calls that take
    first_answer order = first_answer::sink;
    std::uint64_t nanoseconds_per_step = 0;
    bool shares = true;        ///< files on a file system that can
    bool parks = false;        ///< the engine is given up and made again wherever that may be done
    bool begins_small = false; ///< what can begin without an engine does
    warmth files = warmth::all;
    std::uint64_t nanoseconds_on_worker = 10'000'000;

    static constexpr std::uint64_t spell = 8;
};

/// What pipes hold unless they are grown.
inline constexpr std::uint64_t pipe_capacity = 64 * 1024;

/// A source, two pipes, a buffer of two halves and a sink, moved as the actions and their answers say. Knows nothing
/// of the engine's policy.
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
    /// Where no method needs the pipes any more they go without an action, once they are empty.
    void drop_empty_pipes();

    [[nodiscard]] std::uint64_t cursor() const { return cursor_; }
    [[nodiscard]] std::uint64_t taken_from_source() const { return cursor_ - start_; }
    [[nodiscard]] std::uint64_t taken() const { return from_memory_ + taken_from_source(); }
    [[nodiscard]] bool pipe_is_held(unsigned char half) const { return pipes_[half].is_held; }
    [[nodiscard]] bool pipe_is_held() const { return pipe_is_held(0) || pipe_is_held(1); }
    [[nodiscard]] std::uint64_t in_pipe(unsigned char half) const { return pipes_[half].bytes.size(); }
    [[nodiscard]] std::uint64_t in_pipe() const { return in_pipe(0) + in_pipe(1); }
    [[nodiscard]] std::uint64_t in_half(unsigned char half) const { return halves_[half].bytes.size(); }
    [[nodiscard]] std::uint64_t in_buffer() const { return in_half(0) + in_half(1); }
    [[nodiscard]] std::uint64_t in_flight() const { return in_pipe() + in_buffer() + kept_.size(); }
    /// For the user, of what is in flight.
    [[nodiscard]] const byte_line& kept() const { return kept_; }
    [[nodiscard]] const byte_line& arrived() const { return sink_; }
    /// What a reader of the wrapped source would have got in all.
    [[nodiscard]] byte_line promised() const { return promised(0, no_limit); }

private:
    struct buffer_half
    {
        byte_line bytes{};
        std::uint64_t held = 0; ///< what the last read put in, written or not
    };

    struct pipe
    {
        byte_line bytes{};
        bool is_held = false;
    };

    [[nodiscard]] byte_line promised(std::size_t layer, std::uint64_t most) const;
    byte_line from_source(std::uint64_t n);
    [[nodiscard]] event search(const action& a) const;
    [[nodiscard]] event answer_for_files(const action& a);
    bool blocks(const action& a);
    [[nodiscard]] std::uint64_t most(const action& a);
    [[nodiscard]] event read_without_waiting(const action& a);
    [[nodiscard]] std::uint64_t warm(std::uint64_t length);
    void pipe_happens(const action& a, const event& e);
    void unread(const action& a, const event& e);
    void buffer_happens(const action& a, const event& e);
    void save(const action& a, const event& e);
    void files_happen(const action& a, const event& e);

    std::vector<layer_spec> layers_;
    std::vector<hole_spec> holes_;
    copy_setup setup_;
    temper temper_;
    std::uint64_t start_;
    std::uint64_t cursor_;
    std::uint64_t source_end_;
    std::uint64_t data_begin_ = 0; ///< as find_data has said
    std::uint64_t from_memory_ = 0;
    std::uint64_t takes_ = 0; ///< calls that take
    std::uint64_t looks_ = 0; ///< at what of a file is in memory
    std::array<pipe, 2> pipes_{};
    std::array<buffer_half, 2> halves_{};
    byte_line sink_{};
    byte_line kept_{};
    std::array<bool, 2> blocked_last_{};
};

} // namespace kernel_copy::test

#endif
