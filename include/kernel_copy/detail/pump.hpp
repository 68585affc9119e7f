// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_PUMP_HPP
#define KERNEL_COPY_DETAIL_PUMP_HPP

#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/copy_engine.hpp>
#include <kernel_copy/detail/duplicate.hpp>
#include <kernel_copy/detail/kernel.hpp>
#include <kernel_copy/detail/monitor_writer.hpp>
#include <kernel_copy/detail/pipe_store.hpp>
#include <kernel_copy/detail/reopened.hpp>
#include <kernel_copy/detail/scratch.hpp>
#include <kernel_copy/detail/signal_guard.hpp>
#include <kernel_copy/detail/transfer_call.hpp>
#include <kernel_copy/options.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace kernel_copy::inline v0::detail {

/// A sink's own write buffer, without its type. Writes out what it can without blocking; gives the bytes that
/// have left the buffer, and EAGAIN as an error while some are left.
struct flush_ref
{
    void* object = nullptr;
    std::size_t (*flush)(void* object, error_code& error) = nullptr;
};

/// The source, without its type.
struct source_end
{
    end_kind kind = end_kind::unknown;
    bool must_be_made_non_blocking = false; ///< nobody else has done it
    std::span<const source_layer> layers{};
    std::uint64_t* position = nullptr; ///< of an explicit range, whose length is the innermost limit
};

/// The sink, without its type.
struct sink_end
{
    end_kind kind = end_kind::unknown;
    bool must_be_made_non_blocking = false;
    std::span<const flush_ref> buffers{}; ///< outermost first
};

/// Where pipes and workers come from: asked for only when one is needed.
struct context_ref
{
    void* object = nullptr;
    boost::asio::execution_context& (*find)(void* object) = nullptr;
};

/// Bytes: a file up to this size goes to a socket by a read and a send, which cost less than to ask whether it is in memory
/// and to map its pages; and with it what a view holds before it, up to that size.
inline constexpr std::uint64_t small_file = 16 * 1024;
inline constexpr std::uint64_t small_header = 8 * 1024;

/// What is left of a pump that has been parked.
struct parked_pump
{
    small_copy copy{};
    end_kind source = end_kind::unknown;
    end_kind sink = end_kind::unknown;
    std::optional<bool> signals_matter{};
    bool is_one = false; ///< not only the place for one

    /// May small messages be passed on without a pump? The ends are known to be sockets, not only said to be.
    [[nodiscard]] bool can_go_on() const noexcept
    {
        return copy.can_go_on() && copy.delivered != 0 && source == end_kind::stream_socket &&
               sink == end_kind::stream_socket;
    }
};

/// The two descriptors as they are now; -1 for an end that has none, or that has been closed.
struct descriptor_pair
{
    int source = -1;
    int sink = -1;
};

/// Runs an engine's actions that the kernel can do at once, and hands out those that must wait for the
/// io_context. Decides nothing. It is compiled once; a user's translation unit has only the driver.
class pump
{
public:
    /// `options` must outlive it.
    KERNEL_COPY_DECL pump(const source_end& source, const sink_end& sink, const copy_options& options,
                          const context_ref& context, const small_copy& done_before = {});
    /// Goes on with one that was parked.
    KERNEL_COPY_DECL pump(const source_end& source, const sink_end& sink, const copy_options& options,
                          const context_ref& context, const parked_pump& from, scratch&& buffer);
    pump(const pump&) = delete;
    pump& operator=(const pump&) = delete;
    static void* operator new(std::size_t size) { return lend_machinery(size); }
    static void operator delete(void* memory, std::size_t size) noexcept { take_back_machinery(memory, size); }

    /// Goes on until the engine pauses or finishes, or until a stream's own function has to run: read_source into
    /// read_space(), write_memory and write_buffer from write_data(). The event says how that went, or, where
    /// calls overlap, that it has begun.
    KERNEL_COPY_DECL action run(event e, stop_request stop, descriptor_pair descriptors);
    [[nodiscard]] bool overlaps() const noexcept { return !worker_goes_on_ && engine_->overlaps(); }

    /// What run() has handed out for a worker to do. From file to file also what comes after it, for a few milliseconds:
    /// the way to a worker and back would take longer than a small file, or one small piece of a file between holes.
    [[nodiscard]] KERNEL_COPY_DECL event do_on_worker(call_side side);

    /// Closing them may wait for a file system.
    [[nodiscard]] bool holds_duplicates() const noexcept
    {
        return source_duplicate_.is_open() || sink_duplicate_.is_open() || lookout_.is_open();
    }
    void close_duplicates() noexcept
    {
        source_duplicate_.close();
        sink_duplicate_.close();
        lookout_.close();
    }

    /// May it be destroyed now, and be gone on with from what park() says?
    [[nodiscard]] bool can_park() const noexcept { return !worker_goes_on_ && engine_->can_park(); }
    [[nodiscard]] parked_pump park() const noexcept
    {
        return {.copy = engine_->park(),
                .source = source_.kind,
                .sink = sink_.kind,
                .signals_matter = signals_matter_,
                .is_one = true};
    }

    /// A caller's request, which counts from the next run() on.
    KERNEL_COPY_DECL void hear(stop_request stop) noexcept;
    [[nodiscard]] bool interrupts(stop_request stop, call_side side) const noexcept
    {
        return !worker_goes_on_ && engine_->interrupts(stop, side);
    }

    /// Is there something to be read from it now?
    [[nodiscard]] KERNEL_COPY_DECL bool source_is_ready(int descriptor);

    [[nodiscard]] KERNEL_COPY_DECL std::span<std::byte> read_space(const action& a) const noexcept;
    [[nodiscard]] KERNEL_COPY_DECL std::span<const std::byte> write_data(const action& a);

    /// What has happened so far; only after the first run().
    [[nodiscard]] std::uint64_t taken() const noexcept { return worker_goes_on_ ? moved_before_ : counts().taken(); }
    [[nodiscard]] std::uint64_t delivered() const noexcept
    {
        return worker_goes_on_ ? moved_before_ : counts().delivered();
    }
    /// Does a worker move bytes from end to end, as far as it gets?
    [[nodiscard]] bool leaves_to_worker() const noexcept { return worker_goes_on_; }
    [[nodiscard]] bool sink_failed() const noexcept { return engine_->sink_failed(); }

private:
    [[nodiscard]] const progress& counts() const noexcept { return engine_->counts(); }
    action ask(const event& e, stop_request stop);
    action next_after(const event& e, stop_request stop);
    [[nodiscard]] copy_terms terms() const noexcept;
    copy_setup survey();
    end_facts examine(int descriptor, end_kind kind, bool file_access::*needed, bool ask_kind);
    void look_at_positions(copy_setup& setup);
    void make_non_blocking(bool needed, end_kind kind, int descriptor);
    void start();
    static std::size_t index(call_side side) noexcept { return static_cast<std::size_t>(side); }

    [[nodiscard]] bool leaves_to_driver(const action& a) const noexcept;
    [[nodiscard]] bool needs_buffer(const action& a) const;
    bool hand_out(const action& a);
    [[nodiscard]] transfer_call prepare(const action& a, const descriptor_pair& ends);
    void give_back(const action& before) noexcept;
    event perform(const action& a, signal_guard& guard);
    call_result transfer(const action& a, signal_guard& guard);
    call_result unread(const action& a);
    call_result save(const action& a);
    call_result receive(const transfer_call& call);
    call_result send(const transfer_call& call);
    event flush(signal_guard& guard);
    bool signals_matter();

    kernel& kernel_;
    context_ref context_;
    const copy_options& options_;
    source_end source_;
    sink_end sink_;
    monitor_writer monitor_;
    descriptor_pair descriptors_{};
    pipe_lease pipes_[2];
    scratch halves_[2];
    duplicate source_duplicate_;
    duplicate sink_duplicate_;
    reopened lookout_;
    transfer_call on_worker_[2]{};
    // While a worker may go on with the engine the thread of the operation leaves that alone.
    bool worker_goes_on_ = false;
    std::atomic<stop_request> heard_meanwhile_{stop_request::none};
    std::uint64_t moved_before_ = 0;           ///< taken and delivered alike: from end to end nothing is in flight
    bool left_over_ = false;                   ///< the engine's last action, by the worker, who can't do it
    std::optional<unsigned char> read_into_{}; ///< the half of a read that is under way
    std::optional<bool> signals_matter_{};
    progress begin_;
    std::optional<copy_engine> engine_{};
};

} // namespace kernel_copy::inline v0::detail

#endif
