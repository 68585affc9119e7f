// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_VIEW_STREAM_HPP
#define KERNEL_COPY_DETAIL_VIEW_STREAM_HPP

#include <kernel_copy/detail/endpoint_concepts.hpp>
#include <kernel_copy/detail/holder.hpp>

#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace kernel_copy::inline v0::detail {

template <class T>
auto& lowest_layer_of(T& t)
{
    if constexpr (requires { t.lowest_layer(); })
        return t.lowest_layer();
    else
        return t;
}

/// What makes a view a stream that Asio's own layers can wrap. The derived class says how much it lets
/// through (`readable`, `was_read`).
template <class Source, class Derived>
class view_stream
{
public:
    using next_layer_type = std::remove_cvref_t<Source>;
    using lowest_layer_type = std::remove_cvref_t<decltype(lowest_layer_of(std::declval<next_layer_type&>()))>;
    using executor_type = executor_of_t<next_layer_type>;

    explicit view_stream(Source&& source) : source_{std::forward<Source>(source)} {}

    next_layer_type& next_layer() noexcept { return source_.get(); }
    lowest_layer_type& lowest_layer() noexcept { return lowest_layer_of(next_layer()); }
    executor_type get_executor() { return executor_of(next_layer()); }

    /// Reads from the source, as far as the view lets it; boost::asio::error::eof where it does not.
    template <class MutableBufferSequence>
    std::size_t read_some(const MutableBufferSequence& buffers, error_code& error)
    {
        error = {};
        const asio::mutable_buffer space = room(buffers);
        if (space.size() == 0)
        {
            if (asio::buffer_size(buffers) != 0)
                error = asio::error::eof;
            return 0;
        }
        const std::size_t n = next_layer().read_some(space, error);
        self().was_read(n);
        return n;
    }

    /// Completes with void(error_code, std::size_t), as any AsyncReadStream does.
    template <class MutableBufferSequence, class Token>
    auto async_read_some(const MutableBufferSequence& buffers, Token&& token)
    {
        enum class step
        {
            start,
            ended,
            reading
        };
        return asio::async_compose<Token, void(error_code, std::size_t)>(
            [this, buffers, space = asio::mutable_buffer{}, at = step::start](auto& op, error_code error = {},
                                                                              std::size_t n = 0) mutable {
                if (at == step::start)
                    space = room(buffers); // not before: the limit may shrink until a lazy token starts it
                switch (std::exchange(at, space.size() == 0 ? step::ended : step::reading))
                {
                case step::start:
                    if (space.size() == 0)
                        asio::post(std::move(op));
                    else
                        next_layer().async_read_some(space, std::move(op));
                    break;
                case step::ended:
                    op.complete(asio::buffer_size(buffers) == 0 ? error_code{} : error_code{asio::error::eof}, 0);
                    break;
                case step::reading:
                    self().was_read(n);
                    op.complete(error, n);
                    break;
                }
            },
            token, next_layer());
    }

private:
    Derived& self() noexcept { return static_cast<Derived&>(*this); }

    template <class MutableBufferSequence>
    asio::mutable_buffer room(const MutableBufferSequence& buffers)
    {
        for (auto at = asio::buffer_sequence_begin(buffers); at != asio::buffer_sequence_end(buffers); ++at)
            if (asio::mutable_buffer{*at}.size() != 0)
                return asio::buffer(asio::mutable_buffer{*at}, self().readable());
        return {};
    }

    holder<Source> source_;
};

} // namespace kernel_copy::inline v0::detail

#endif
