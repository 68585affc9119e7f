// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_PREFIXED_HPP
#define KERNEL_COPY_PREFIXED_HPP

#include <kernel_copy/detail/holder.hpp>
#include <kernel_copy/detail/view_stream.hpp>

#include <concepts>
#include <limits>
#include <utility>

namespace kernel_copy::inline v0 {

namespace detail {

/// The first non-empty piece of what a dynamic buffer holds. Both generations of Asio's concept are served.
template <class DynamicBuffer>
asio::const_buffer front_of(DynamicBuffer& buffer)
{
    const auto first_of = [](const auto& sequence) {
        for (auto at = asio::buffer_sequence_begin(sequence); at != asio::buffer_sequence_end(sequence); ++at)
            if (const asio::const_buffer piece{*at}; piece.size() != 0)
                return piece;
        return asio::const_buffer{};
    };
    if constexpr (requires { buffer.data(std::size_t{}, std::size_t{}); })
        return first_of(std::as_const(buffer).data(0, buffer.size()));
    else
        return first_of(std::as_const(buffer).data());
}

} // namespace detail

/// What prefixed() takes for a buffer: it has `size()`, `consume(n)`, and `data()` or, as DynamicBuffer_v2 has it,
/// `data(position, n)`. Asio's dynamic buffers of either version, its streambuf, Beast's buffers and a residue are
/// such.
template <class Buffer>
concept dynamic_buffer = requires(std::remove_cvref_t<Buffer>& b, std::size_t n)
{
    {
        b.size()
        } -> std::convertible_to<std::size_t>;
    b.consume(n);
    detail::front_of(b);
};

namespace detail {

/// A buffer that also knows whether anything follows it.
template <class Buffer>
concept remembers_end = requires(std::remove_cvref_t<Buffer>& b)
{
    {
        b.source_has_ended()
        } -> std::same_as<bool>;
};

} // namespace detail

/// A source that is preceded by bytes in memory. Made by prefixed().
///
/// Also an AsyncReadStream: it reads the buffer first, then the source.
template <class Buffer, class Source>
class prefixed_view : public detail::view_stream<Source, prefixed_view<Buffer, Source>>
{
    using base = detail::view_stream<Source, prefixed_view>;

public:
    /// As prefixed() makes it. An lvalue is held by reference and must outlive the view; an rvalue is moved in.
    prefixed_view(Buffer&& buffer, Source&& source)
        : base{std::forward<Source>(source)}, buffer_{std::forward<Buffer>(buffer)}
    {}

    /// What has not been delivered of the bytes in memory.
    [[nodiscard]] auto& buffer() noexcept { return buffer_.get(); }

    /// Reads from the buffer while there is something in it, then from the source, and not from both at once. From the
    /// source as its own read_some does; boost::asio::error::eof where a residue says that it has ended.
    template <class MutableBufferSequence>
    std::size_t read_some(const MutableBufferSequence& to, error_code& error)
    {
        if (buffer().size() == 0)
            return base::read_some(to, error);
        error = {};
        return drain(to);
    }

    /// The same. Completes with void(error_code, std::size_t), as any AsyncReadStream does, and never inside this call;
    /// what is in memory is consumed when it completes. The view must stay where it is until then.
    template <class MutableBufferSequence, class Token>
    auto async_read_some(const MutableBufferSequence& to, Token&& token)
    {
        enum class step
        {
            start,
            drained,
            read
        };
        return boost::asio::async_compose<Token, void(error_code, std::size_t)>(
            [this, to, at = step::start](auto& op, error_code error = {}, std::size_t n = 0) mutable {
                const bool in_memory = buffer().size() != 0;
                switch (std::exchange(at, in_memory ? step::drained : step::read))
                {
                case step::start:
                    if (in_memory)
                        boost::asio::post(std::move(op));
                    else
                        base::async_read_some(to, std::move(op));
                    break;
                case step::drained:
                    op.complete({}, drain(to));
                    break;
                case step::read:
                    op.complete(error, n);
                    break;
                }
            },
            token, this->next_layer());
    }

    /// @cond
    // For view_stream
    [[nodiscard]] std::size_t readable() noexcept
    {
        if constexpr (detail::remembers_end<Buffer>)
            if (buffer().source_has_ended())
                return 0;
        return std::numeric_limits<std::size_t>::max();
    }
    void was_read(std::size_t) noexcept {}
    /// @endcond

private:
    template <class MutableBufferSequence>
    std::size_t drain(const MutableBufferSequence& to)
    {
        const std::size_t n = boost::asio::buffer_copy(to, detail::front_of(buffer()));
        buffer().consume(n);
        return n;
    }

    detail::holder<Buffer> buffer_;
};

/// The bytes in `buffer`, then `source`: what was read too far while a header was parsed, or a header that is
/// to go before a file.
///
/// The buffer is an Asio dynamic buffer (`asio::dynamic_buffer(string)`, `asio::streambuf`) or one of Beast's.
/// What has been delivered is consumed from it, byte for byte, on every outcome. An lvalue is held by
/// reference and must outlive the view; an rvalue, such as the handle that dynamic_buffer() gives, is moved in.
template <dynamic_buffer Buffer, class Source>
[[nodiscard]] prefixed_view<Buffer, Source> prefixed(Buffer&& buffer, Source&& source)
{
    return prefixed_view<Buffer, Source>{std::forward<Buffer>(buffer), std::forward<Source>(source)};
}

template <class Buffer, class Source>
struct endpoint_traits<prefixed_view<Buffer, Source>>
{
    using view = prefixed_view<Buffer, Source>;

    static constexpr bool is_view = true;
    static constexpr bool needs_scratch = false;
    static auto& next_layer(view& v) noexcept { return v.next_layer(); }
    static std::size_t held(view& v) { return v.buffer().size(); }
    static boost::asio::const_buffer peek(view& v, boost::asio::mutable_buffer) { return detail::front_of(v.buffer()); }
    static void consume(view& v, std::size_t n) { v.buffer().consume(n); }
    static bool ends(view& v) requires detail::remembers_end<Buffer> { return v.buffer().source_has_ended(); }
};

} // namespace kernel_copy::inline v0

#endif
