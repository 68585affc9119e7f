// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_END_PAIR_HPP
#define KERNEL_COPY_DETAIL_END_PAIR_HPP

#include <kernel_copy/detail/erased_ends.hpp>
#include <kernel_copy/detail/executors.hpp>
#include <kernel_copy/detail/waiter.hpp>

#include <optional>
#include <utility>

namespace kernel_copy::inline v0::detail {

constexpr bool may_be_file(end_kind kind)
{
    return kind != end_kind::stream_socket && kind != end_kind::pipe && kind != end_kind::stream;
}

/// The two ends of a direction as the user gave them: what is around them, how they are waited for, and which of them
/// may have been closed or destroyed meanwhile.
template <class Source, class Sink>
class end_pair
{
public:
    using source_type = innermost_t<Source>;
    using sink_type = innermost_t<Sink>;

    end_pair(Source& source, Sink& sink) : source_{source}, sink_{sink}, layers_{source}, buffers_{sink}
    {
        make_non_blocking(this->source());
        make_non_blocking(this->sink());
    }
    end_pair(const end_pair&) = delete;
    end_pair& operator=(const end_pair&) = delete;

    source_type& source() noexcept { return innermost(source_); }
    sink_type& sink() noexcept { return innermost(sink_); }
    [[nodiscard]] source_end source_layers() const { return layers_.end(); }
    [[nodiscard]] sink_end sink_layers() const { return buffers_.end(); }
    [[nodiscard]] context_ref context() noexcept
    {
        return {.object = &source_, .find = [](void* source) -> asio::execution_context& {
                    return context_of(executor_of(*static_cast<Source*>(source)));
                }};
    }

    template <class Handler>
    void wait_readable(Handler&& handler)
    {
        if constexpr (has_descriptor<source_type>)
            source_waiter_.wait(source(), asio::socket_base::wait_read, std::forward<Handler>(handler));
    }
    template <class Handler>
    void wait_writable(Handler&& handler)
    {
        if constexpr (has_descriptor<sink_type>)
            sink_waiter_.wait(sink(), asio::socket_base::wait_write, std::forward<Handler>(handler));
    }

    [[nodiscard]] descriptor_pair descriptors()
    {
        return {.source = descriptor_of(source()), .sink = descriptor_of(sink())};
    }

    /// To close an end is to end its wait, even one that is over and whose handler is queued.
    [[nodiscard]] bool is_closed(call_side side)
    {
        if (lost_) // the other may be no more
            return false;
        if (side == call_side::source)
            return has_descriptor<source_type> && descriptor_of(source()) < 0;
        return has_descriptor<sink_type> && descriptor_of(sink()) < 0;
    }

    /// A wait of it that nobody here had asked to end has ended: the user has closed or destroyed it.
    void lose(call_side side) noexcept { lost_ = side; }
    [[nodiscard]] bool has_lost_one() const noexcept { return lost_.has_value(); }

    /// Asked again after each call: the user may have closed one meanwhile, and its number may be another's. A wait
    /// that failed may mean that its end has been destroyed, and the other with it. Then only a file is touched, and
    /// only if there are bytes in flight to be given back to it; or what has said since that it is alive.
    [[nodiscard]] descriptor_pair usable_descriptors(const event& e, bool by_worker, bool in_flight)
    {
        const bool failed = e.error && !by_worker;
        if (!failed && !lost_)
            return descriptors();
        const call_side lost = failed ? e.side : *lost_;
        descriptor_pair usable{};
        if (may_be_file(kind_of<source_type>()) && lost == call_side::sink && in_flight)
            usable.source = descriptor_of(source());
        if (lost == call_side::source && (e.bytes != 0 || by_worker || (!failed && e.side == call_side::sink)))
            usable.sink = descriptor_of(sink());
        return usable;
    }

private:
    Source& source_;
    Sink& sink_;
    std::optional<call_side> lost_{};
    [[no_unique_address]] erased_source<Source> layers_;
    [[no_unique_address]] erased_sink<Sink> buffers_;
    [[no_unique_address]] waiter<source_type, executor_of_t<source_type>> source_waiter_{};
    [[no_unique_address]] waiter<sink_type, executor_of_t<sink_type>> sink_waiter_{};
};

} // namespace kernel_copy::inline v0::detail

#endif
