// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_RESIDUE_HPP
#define KERNEL_COPY_RESIDUE_HPP

#include <boost/asio/buffer.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace kernel_copy::inline v0 {

namespace detail {
class engine_pump;
}

/// Bytes that were taken from a source and not delivered, because the operation failed or was cancelled.
///
/// Owned by the caller and named in copy_options; must outlive the operation, which appends to it before it completes,
/// and touches it at no other time. A copy goes on where it stopped when what is left goes before the source:
/// @code
/// kernel_copy::residue rest;
/// co_await async_kernel_copy(prefixed(rest, source), sink, {.residue = &rest}, token); // until it ends well
/// @endcode
/// A limit around the source has counted them already: `prefixed(rest, limited)`, where `limited` is the view that the
/// first copy had by reference. A file is given back what was not delivered, so that its position, or the offset of a
/// file_range, lies behind what was; of a file nothing is left here.
///
/// A source may have said that it has ended before all was delivered, and a stream may say it only once: so does a socket
/// of Asio's, to who reads it by its own async_read_some. That is kept with the bytes, and prefixed() does not read the
/// source again. Not kept is an error that such a stream reports once, after the sink has failed; nor, with nothing left,
/// that a direction of a relay has ended: copy the other alone if only that one has failed.
///
/// What is left is of one source: clear() it before another takes its place.
///
/// Empty after an operation that ended well. Nothing is put in by an operation that never completes, because its
/// context was destroyed. If there is no memory for the bytes they are lost, as without a residue: then it holds less
/// than monitor::in_flight() says.
class residue
{
public:
    residue() = default;
    /// The same bytes, and whether the source has ended; may throw std::bad_alloc.
    residue(const residue&) = default;
    /// Takes the bytes over, and whether the source has ended. The other is as one that was just made.
    residue(residue&& other) noexcept { swap(other); }
    /// As the constructors, and what was here is gone: an rvalue is left as one that was just made; a copy may throw
    /// std::bad_alloc, which changes nothing here.
    residue& operator=(residue other) noexcept
    {
        swap(other);
        return *this;
    }
    ~residue() = default;

    /// Bytes that have not been consumed.
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size() - consumed_; }
    /// Are there none? That the source has ended may be kept all the same, until clear() or the next operation.
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// All of them, in the order in which they were taken.
    [[nodiscard]] boost::asio::const_buffer data() const noexcept { return {bytes_.data() + consumed_, size()}; }

    /// Is nothing to follow these bytes, as the source has ended?
    [[nodiscard]] bool source_has_ended() const noexcept { return source_has_ended_; }

    /// Removes bytes from the front; more than there are removes all.
    void consume(std::size_t n) noexcept
    {
        consumed_ += std::min(n, size());
        if (empty())
            clear_bytes(); // but what reads on is still to be told of the end
    }

    /// As one that was just made: without bytes, and with nothing known of the source.
    void clear() noexcept
    {
        clear_bytes();
        source_has_ended_ = false;
    }

private:
    friend class detail::engine_pump;

    void swap(residue& other) noexcept
    {
        bytes_.swap(other.bytes_);
        std::swap(consumed_, other.consumed_);
        std::swap(source_has_ended_, other.source_has_ended_);
    }

    void clear_bytes() noexcept
    {
        bytes_.clear();
        consumed_ = 0;
    }

    /// Room for so many bytes behind the others.
    [[nodiscard]] std::span<std::byte> extend(std::size_t n)
    {
        if (empty())
            clear();
        bytes_.resize(bytes_.size() + n);
        return std::span{bytes_}.last(n);
    }
    /// Of that, so many were not needed.
    void shrink(std::size_t n) noexcept { bytes_.resize(bytes_.size() - n); }
    /// After an operation. With nothing left there is nothing to be remembered.
    void keep_end(bool has_ended) noexcept { source_has_ended_ = !empty() && (source_has_ended_ || has_ended); }

    std::vector<std::byte> bytes_{};
    std::size_t consumed_ = 0;
    bool source_has_ended_ = false;
};

} // namespace kernel_copy::inline v0

#endif
