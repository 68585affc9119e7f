// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_PUMP_HPP
#define KERNEL_COPY_DETAIL_PUMP_HPP

#include <kernel_copy/detail/copy_engine.hpp>
#include <kernel_copy/detail/kernel.hpp>
#include <kernel_copy/detail/monitor_writer.hpp>
#include <kernel_copy/detail/pipe.hpp>
#include <kernel_copy/detail/signal_guard.hpp>
#include <kernel_copy/options.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace kernel_copy::detail {

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
    std::span<const source_layer> layers{};
    std::uint64_t* position = nullptr;      ///< of an explicit range, whose length is the innermost limit
    bool must_be_made_non_blocking = false; ///< nobody else has done it
};

/// The sink, without its type.
struct sink_end
{
    end_kind kind = end_kind::unknown;
    std::span<const flush_ref> buffers{}; ///< outermost first
    bool must_be_made_non_blocking = false;
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
    pump(const source_end& source, const sink_end& sink, const copy_options& options);
    pump(const pump&) = delete;
    pump& operator=(const pump&) = delete;

    /// Goes on until the engine waits, yields or finishes, or until a stream's own function has to run:
    /// read_source into read_space(), write_memory and write_buffer from write_data(). The event says how
    /// that went.
    action run(event e, stop_request stop, descriptor_pair descriptors);

    /// Where the stream's own read goes, or null memory if there is none to be had.
    [[nodiscard]] std::span<std::byte> read_space(const action& a) const noexcept;
    [[nodiscard]] std::span<const std::byte> write_data(const action& a);

    /// Bytes that were taken and that a buffer or a pipe holds.
    [[nodiscard]] std::uint64_t in_flight() const noexcept { return engine_ ? engine_->counts().in_flight() : 0; }
    [[nodiscard]] std::uint64_t delivered() const noexcept { return engine_ ? engine_->counts().delivered() : 0; }

private:
    copy_setup survey();
    end_facts examine(int descriptor, end_kind kind, int wrong_access, bool ask_kind);
    void look_at_positions(copy_setup& setup);
    void make_non_blocking(bool needed, end_kind kind, int descriptor);
    [[nodiscard]] bool leaves_to_driver(const action& a) const noexcept;
    [[nodiscard]] bool needs_buffer(const action& a) const;
    bool ready_buffer() noexcept;
    event perform(const action& a, signal_guard& guard);
    event flush(signal_guard& guard);
    call_result deliver(const action& a);

    kernel& kernel_;
    source_end source_;
    sink_end sink_;
    copy_options options_;
    monitor_writer monitor_;
    descriptor_pair descriptors_{};
    std::optional<copy_engine> engine_{};
    action pending_{};
    pipe pipe_;
    std::unique_ptr<std::byte[]> buffer_{};
    bool signals_matter_ = false;
};

} // namespace kernel_copy::detail

#endif
