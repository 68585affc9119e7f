// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_PIPE_STORE_HPP
#define KERNEL_COPY_DETAIL_PIPE_STORE_HPP

#include <kernel_copy/detail/config.hpp>
#include <kernel_copy/detail/kernel.hpp>
#include <kernel_copy/pipe_pool.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// An empty, non-blocking, close-on-exec pipe; no pipe with a capacity of 0.
struct empty_pipe
{
    int read_end = -1;
    int write_end = -1;
    std::size_t capacity = 0;
};

/// What a pipe_pool is made of. Shared with those who hold a pipe, who may outlive the context.
///
/// Each place for a kept pipe is an atomic word of its own: it is emptied by an exchange and filled by a
/// compare-exchange, so that no order of threads takes one pipe twice, and nobody waits for anybody.
class pipe_store
{
public:
    pipe_store() = default;
    pipe_store(const pipe_store&) = delete;
    pipe_store& operator=(const pipe_store&) = delete;
    ~pipe_store() { trim(); }

    /// A kept pipe or a new one; EMFILE if the bounds allow none.
    call_result take(kernel& k, empty_pipe& to) noexcept;
    /// As large as asked for or as it was; EPERM if the bounds allow no more.
    call_result grow(kernel& k, empty_pipe& which, std::size_t capacity) noexcept;
    void give_back(kernel& k, const empty_pipe& which) noexcept;
    void close(kernel& k, const empty_pipe& which) noexcept;

    void set_limits(const pipe_pool::limits& to) noexcept;
    [[nodiscard]] std::size_t pipes() const noexcept { return pipes_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::size_t kept() const noexcept;
    void trim() noexcept;
    /// Keeps none from now on.
    void shut_down() noexcept;

private:
    static constexpr std::size_t places = 64;

    bool keep(const empty_pipe& which) noexcept;
    empty_pipe find_kept() noexcept;

    std::array<std::atomic<std::uint64_t>, places> kept_{};
    std::atomic<std::size_t> pipes_{0};
    std::atomic<std::size_t> most_pipes_{pipe_pool::limits{}.pipes};
    std::atomic<std::size_t> most_kept_{pipe_pool::limits{}.kept};
    std::atomic<std::size_t> most_bytes_{pipe_pool::limits{}.bytes};
};

/// Holds a pipe for as long as it is needed; it goes with its holder.
class pipe_lease
{
public:
    explicit pipe_lease(kernel& k) noexcept : kernel_{k} {}
    pipe_lease(const pipe_lease&) = delete;
    pipe_lease& operator=(const pipe_lease&) = delete;
    ~pipe_lease() { discard(); }

    call_result take(boost::asio::execution_context& from);
    call_result grow(std::size_t capacity) noexcept { return store_->grow(kernel_, pipe_, capacity); }
    /// The pipe is empty.
    void give_back() noexcept;
    /// The pipe holds bytes, or may do so.
    KERNEL_COPY_DECL void discard() noexcept;

    [[nodiscard]] int read_end() const noexcept { return pipe_.read_end; }
    [[nodiscard]] int write_end() const noexcept { return pipe_.write_end; }

private:
    kernel& kernel_;
    std::shared_ptr<pipe_store> store_{};
    empty_pipe pipe_{};
};

} // namespace kernel_copy::inline v0::detail

#endif
