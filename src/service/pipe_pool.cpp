// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/pipe_store.hpp>

#include <algorithm>
#include <bit>
#include <cerrno>

namespace kernel_copy::inline v0::detail {

namespace {

// Of all pipes of the process: the limit that they share is a user's.
std::atomic<std::size_t> bytes_in_pipes{0};

// A kept pipe as one word: capacities are powers of two (F_SETPIPE_SZ), descriptors are small. 0 is no pipe.
constexpr unsigned descriptor_bits = 28;
constexpr std::uint64_t descriptor_mask = (std::uint64_t{1} << descriptor_bits) - 1;

std::uint64_t pack(const empty_pipe& p) noexcept
{
    const auto read_end = static_cast<std::uint64_t>(p.read_end);
    const auto write_end = static_cast<std::uint64_t>(p.write_end);
    const auto order = static_cast<std::uint64_t>(std::bit_width(p.capacity));
    if (read_end > descriptor_mask || write_end > descriptor_mask || !std::has_single_bit(p.capacity))
        return 0;
    return order << (2 * descriptor_bits) | write_end << descriptor_bits | read_end;
}

empty_pipe unpack(std::uint64_t word) noexcept
{
    if (word == 0)
        return {};
    return {.read_end = static_cast<int>(word & descriptor_mask),
            .write_end = static_cast<int>(word >> descriptor_bits & descriptor_mask),
            .capacity = std::size_t{1} << ((word >> (2 * descriptor_bits)) - 1)};
}

// Where this thread looks first: it finds the pipe that it used last, and few other threads look there.
std::size_t first_place() noexcept
{
    static std::atomic<std::size_t> threads{0};
    thread_local const std::size_t place = threads.fetch_add(1, std::memory_order_relaxed) * 8;
    return place;
}

bool reserve(std::atomic<std::size_t>& counter, std::size_t n, std::size_t most) noexcept
{
    if (counter.fetch_add(n, std::memory_order_relaxed) + n <= most)
        return true;
    counter.fetch_sub(n, std::memory_order_relaxed);
    return false;
}

} // namespace

empty_pipe pipe_store::find_kept() noexcept
{
    const std::size_t first = first_place();
    for (std::size_t i = 0; i != places; ++i)
    {
        std::atomic<std::uint64_t>& place = kept_[(first + i) % places];
        if (place.load(std::memory_order_relaxed) == 0)
            continue;
        if (const std::uint64_t word = place.exchange(0, std::memory_order_acquire); word != 0)
            return unpack(word);
    }
    return {};
}

bool pipe_store::keep(const empty_pipe& which) noexcept
{
    const std::uint64_t word = pack(which);
    const std::size_t most = std::min(places, most_kept_.load(std::memory_order_relaxed));
    const std::size_t first = first_place();
    for (std::size_t i = 0; word != 0 && i < most; ++i)
    {
        std::atomic<std::uint64_t>& place = kept_[(first + i) % most];
        std::uint64_t empty = 0;
        if (place.load(std::memory_order_relaxed) == 0 &&
            place.compare_exchange_strong(empty, word, std::memory_order_release, std::memory_order_relaxed))
            return true;
    }
    return false;
}

call_result pipe_store::take(kernel& k, empty_pipe& to) noexcept
{
    to = find_kept();
    if (to.capacity != 0)
        return {.bytes = to.capacity};
    if (!reserve(pipes_, 1, most_pipes_.load(std::memory_order_relaxed)))
        return {.bytes = 0, .error = EMFILE};
    int ends[2] = {-1, -1};
    call_result result = k.open_pipe(ends);
    if (result.error == 0)
    {
        result = k.pipe_capacity(ends[0]);
        to = {.read_end = ends[0], .write_end = ends[1], .capacity = static_cast<std::size_t>(result.bytes)};
        if (result.error == 0 && reserve(bytes_in_pipes, to.capacity, most_bytes_.load(std::memory_order_relaxed)))
            return result;
        for (const int end : ends)
            k.close(end);
        to = {};
        result.error = result.error != 0 ? result.error : EMFILE;
    }
    pipes_.fetch_sub(1, std::memory_order_relaxed);
    return {.bytes = 0, .error = result.error};
}

call_result pipe_store::grow(kernel& k, empty_pipe& which, std::size_t capacity) noexcept
{
    if (capacity <= which.capacity)
        return {.bytes = which.capacity};
    const std::size_t more = capacity - which.capacity;
    if (!reserve(bytes_in_pipes, more, most_bytes_.load(std::memory_order_relaxed) / 2))
        return {.bytes = 0, .error = EPERM};
    const call_result result = k.resize_pipe(which.write_end, capacity);
    const std::size_t now = result.error == 0 ? static_cast<std::size_t>(result.bytes) : which.capacity;
    bytes_in_pipes.fetch_add(now - which.capacity - more, std::memory_order_relaxed); // what it really became
    which.capacity = now;
    return result;
}

void pipe_store::give_back(kernel& k, const empty_pipe& which) noexcept
{
    if (!keep(which))
        return close(k, which);
    if (most_kept_.load(std::memory_order_relaxed) == 0) // it was set, or the pool shut down, meanwhile
        trim();
}

void pipe_store::close(kernel& k, const empty_pipe& which) noexcept
{
    k.close(which.read_end);
    k.close(which.write_end);
    bytes_in_pipes.fetch_sub(which.capacity, std::memory_order_relaxed);
    pipes_.fetch_sub(1, std::memory_order_relaxed);
}

void pipe_store::set_limits(const pipe_pool::limits& to) noexcept
{
    most_pipes_ = to.pipes;
    most_kept_ = to.kept;
    most_bytes_ = to.bytes;
    trim();
}

std::size_t pipe_store::kept() const noexcept
{
    std::size_t n = 0;
    for (const auto& place : kept_)
        n += place.load(std::memory_order_relaxed) != 0 ? 1u : 0u;
    return n;
}

void pipe_store::trim() noexcept
{
    for (empty_pipe p = find_kept(); p.capacity != 0; p = find_kept())
        close(current_kernel(), p);
}

void pipe_store::shut_down() noexcept
{
    most_kept_ = 0;
    trim();
}

call_result pipe_lease::take(boost::asio::execution_context& from)
{
    if (store_ == nullptr)
        store_ = boost::asio::use_service<pipe_pool>(from).store();
    return store_->take(kernel_, pipe_);
}

void pipe_lease::give_back() noexcept
{
    if (pipe_.capacity != 0)
        store_->give_back(kernel_, std::exchange(pipe_, {}));
}

void pipe_lease::discard() noexcept
{
    if (pipe_.capacity != 0)
        store_->close(kernel_, std::exchange(pipe_, {}));
}

} // namespace kernel_copy::inline v0::detail

namespace kernel_copy::inline v0 {

pipe_pool::pipe_pool(boost::asio::execution_context& context)
    : boost::asio::execution_context::service{context}, store_{std::make_shared<detail::pipe_store>()}
{}

pipe_pool::~pipe_pool() = default;

void pipe_pool::shutdown()
{
    store_->shut_down();
}

void pipe_pool::notify_fork(boost::asio::execution_context::fork_event event)
{
    if (event == boost::asio::execution_context::fork_child)
        trim();
}

void pipe_pool::set_limits(const limits& to) noexcept
{
    store_->set_limits(to);
}

std::size_t pipe_pool::pipes() const noexcept
{
    return store_->pipes();
}

std::size_t pipe_pool::kept() const noexcept
{
    return store_->kept();
}

void pipe_pool::trim() noexcept
{
    store_->trim();
}

} // namespace kernel_copy::inline v0
