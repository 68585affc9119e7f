// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_WHOLE_COPY_HPP
#define KERNEL_COPY_DETAIL_WHOLE_COPY_HPP

#include <kernel_copy/detail/copy_op.hpp>
#include <kernel_copy/detail/erased_ends.hpp>
#include <kernel_copy/detail/executors.hpp>
#include <kernel_copy/detail/holder.hpp>
#include <kernel_copy/detail/immediate.hpp>
#include <kernel_copy/detail/part_handler.hpp>
#include <kernel_copy/detail/posted_part.hpp>
#include <kernel_copy/detail/send_range.hpp>
#include <kernel_copy/detail/shared_life.hpp>

#include <boost/asio/associated_executor.hpp>

#include <cstdint>
#include <type_traits>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// A range of a file, to a socket that Asio can wait for: non-blocking, then.
template <class Source, class Sink>
inline constexpr bool may_go_whole = has_position_layer<Source>() &&
                                     !is_seen_through<Sink>() && has_waiter<innermost_t<Sink>> &&
                                     kind_of<innermost_t<Sink>>() == end_kind::stream_socket;

/// An async_kernel_copy that is over in its initiating function, where the socket takes the range whole. Its own memory
/// is there before the first byte leaves. What does not go whole goes on as a copy_op.
template <class Handler, class Source, class Sink>
class whole_copy : public shared_life<whole_copy<Handler, Source, Sink>, Handler>
{
    using base = shared_life<whole_copy, Handler>;
    using source_type = std::remove_cvref_t<Source>;
    using sink_type = std::remove_cvref_t<Sink>;
    using executor_type = executor_of_t<source_type>;
    using copy_type = copy_op<Handler, Source, Sink>;
    using work_type = typename copy_type::work_type;

public:
    using typename base::reference;

    static constexpr const char* name = "async_kernel_copy"; ///< as handler tracking tells it

    whole_copy(Handler&& handler, holder<Source>&& source, holder<Sink>&& sink, work_type&& work)
        : base{std::move(handler)}, source_{std::move(source)}, sink_{std::move(sink)}, work_{std::move(work)}
    {}

    static void launch(Handler& handler, holder<Source>&& source, holder<Sink>&& sink, work_type&& work,
                       const copy_options& options)
    {
        reference life = base::make(handler, std::move(source), std::move(sink), std::move(work));
        whole_copy& made = *life;
        parked_pump before{};
        if (made.send(options, before))
            return made.tell(std::move(life));
        Handler own{made.take_handler()};
        holder<Source> from{std::move(made.source_)};
        holder<Sink> to{std::move(made.sink_)};
        work_type goes_on{std::move(made.work_)};
        life.reset();
        copy_type::launch(own, std::move(from), std::move(to), std::move(goes_on), options, before);
    }

    static void arrived(whole_copy& self, unsigned char, const event&)
    {
        reference life{&self};
        Handler handler{self.take_handler()};
        const error_code error = self.error_;
        std::uint64_t bytes = self.bytes_;
        life.reset(); // the memory is given back before the upcall
        std::move(handler)(error, std::move(bytes));
    }

    [[nodiscard]] executor_type executor() const { return work_.executor(); }
    void hear_no_more() noexcept {} // no request is listened for
    asio::cancellation_slot slot_of(unsigned char) const noexcept { return {}; }

private:
    /// True if it is over; else `before` says what has been done.
    bool send(const copy_options& options, parked_pump& before)
    {
        auto& file = innermost(source_.get());
        auto& socket = innermost(sink_.get());
        detail::make_non_blocking(file);
        detail::make_non_blocking(socket);
        const erased_source<source_type> layers{source_.get()};
        const auto ended =
            send_range(layers.end(), options, {.source = descriptor_of(file), .sink = descriptor_of(socket)}, before);
        error_ = ended.value_or(error_code{});
        bytes_ = before.copy.delivered;
        return ended.has_value();
    }

    /// Where the handler runs.
    void tell(reference&& life)
    {
        if constexpr (has_immediate_executors)
        {
            part_handler<whole_copy> home{*this, 0, false};
            const executor_type own = executor();
            life.reset(); // it is the part's
            detail::run_immediately(this->handler(), own, std::move(home));
        }
        else
            detail::come_back(*life.release(), 0);
    }

    holder<Source> source_;
    holder<Sink> sink_;
    work_type work_;
    error_code error_{};
    std::uint64_t bytes_ = 0;
};

} // namespace kernel_copy::inline v0::detail

#endif
