// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_COPY_OP_HPP
#define KERNEL_COPY_DETAIL_COPY_OP_HPP

#include <kernel_copy/detail/copy_state.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <optional>
#include <utility>

namespace kernel_copy::detail {

inline stop_request to_stop_request(asio::cancellation_type_t requested) noexcept
{
    using asio::cancellation_type;
    if ((requested & cancellation_type::terminal) != cancellation_type::none)
        return stop_request::terminal;
    if ((requested & cancellation_type::partial) != cancellation_type::none)
        return stop_request::partial;
    return requested != cancellation_type::none ? stop_request::total : stop_request::none;
}

/// The implementation that async_compose drives: gives the pump the thread, and what the pump asks for to Asio.
template <class Source, class Sink>
class copy_op
{
    using state = copy_state<Source, Sink>;

public:
    copy_op(Source&& source, Sink&& sink, const copy_options& options)
        : source_{std::forward<Source>(source)}, sink_{std::forward<Sink>(sink)}, options_{options}
    {}

    /// The start, or after a post.
    template <class Self>
    void operator()(Self& self)
    {
        if (finished_)
            return complete(self);
        const bool starting = state_ == nullptr;
        if (starting)
        {
            self.reset_cancellation_state(asio::enable_total_cancellation());
            state_ = allocate_state<state>(asio::get_associated_allocator(self), std::move(source_), std::move(sink_),
                                           options_);
        }
        advance(self, {}, starting);
    }

    /// After a wait.
    template <class Self>
    void operator()(Self& self, error_code error)
    {
        advance(self, {.bytes = 0, .error = error});
    }

    /// After a stream's own read or write. The end of a stream is a read of nothing.
    template <class Self>
    void operator()(Self& self, error_code error, std::size_t bytes)
    {
        if (last_.kind == action_kind::read_source && error == asio::error::eof)
            error = {};
        advance(self, {.bytes = bytes, .error = error});
    }

private:
    template <class Self>
    void advance(Self& self, const event& e, bool starting = false)
    {
        const stop_request stop = to_stop_request(self.cancelled());
        last_ = state_->machine.run(e, stop, usable_descriptors(e));
        if (last_.kind == action_kind::finish)
        {
            finished_.emplace(last_.error);
            if (!starting)
                return complete(self);
            asio::post(std::move(self)); // nothing completes inside the initiating function
            return;
        }
        if (stop != stop_request::none)
            self.reset_cancellation_state(asio::enable_total_cancellation()); // a stronger request may follow
        BOOST_ASIO_HANDLER_LOCATION((__FILE__, __LINE__, "async_kernel_copy"));
        initiate(self);
    }

    template <class Self>
    void initiate(Self& self)
    {
        state& s = *state_;
        using wait_type = asio::posix::descriptor_base::wait_type;
        switch (last_.kind)
        {
        case action_kind::wait_source:
            if constexpr (has_descriptor<typename state::innermost_source>)
                s.source_waiter.wait(s.source_end(), wait_type::wait_read, std::move(self));
            break;
        case action_kind::wait_sink:
            if constexpr (has_descriptor<typename state::innermost_sink>)
                s.sink_waiter.wait(s.sink_end(), wait_type::wait_write, std::move(self));
            break;
        case action_kind::read_source:
            if constexpr (!has_descriptor<typename state::innermost_source>)
            {
                const auto space = s.machine.read_space(last_);
                s.source_end().async_read_some(asio::mutable_buffer{space.data(), space.size()}, std::move(self));
            }
            break;
        case action_kind::write_memory:
        case action_kind::write_buffer:
            if constexpr (!has_descriptor<typename state::innermost_sink>)
            {
                const auto data = s.machine.write_data(last_);
                s.sink_end().async_write_some(asio::const_buffer{data.data(), data.size()}, std::move(self));
            }
            break;
        default: // a yield
            asio::post(std::move(self));
            break;
        }
    }

    /// A wait that failed may mean that its end has been destroyed, and the other with it. Then only a file is
    /// touched, and only if there are bytes to be given back to it.
    [[nodiscard]] descriptor_pair usable_descriptors(const event& e)
    {
        if (!e.error)
            return state_->descriptors();
        constexpr bool may_be_file = kind_of<typename state::innermost_source>() == end_kind::unknown;
        descriptor_pair usable{};
        if (may_be_file && last_.kind != action_kind::wait_source && state_->machine.in_flight() != 0)
            usable.source = descriptor_of(state_->source_end());
        if (last_.kind == action_kind::read_source && e.bytes != 0)
            usable.sink = descriptor_of(state_->sink_end());
        return usable;
    }

    template <class Self>
    void complete(Self& self)
    {
        const std::uint64_t delivered = state_->machine.delivered();
        const error_code error = *finished_;
        state_.reset();
        self.complete(error, delivered);
    }

    holder<Source> source_;
    holder<Sink> sink_;
    copy_options options_;
    state_ptr<state> state_{};
    action last_{};
    std::optional<error_code> finished_{};
};

} // namespace kernel_copy::detail

#endif
