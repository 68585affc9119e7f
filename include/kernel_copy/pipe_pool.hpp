// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_PIPE_POOL_HPP
#define KERNEL_COPY_PIPE_POOL_HPP

#include <kernel_copy/detail/config.hpp>

#include <boost/asio/execution_context.hpp>

#include <cstddef>
#include <memory>

namespace kernel_copy::inline v0 {

namespace detail {
class pipe_store;
}

/// The pipes that bytes are spliced through, kept for the next operation of the same context that needs one.
///
/// A service of an execution_context (`boost::asio::use_service<pipe_pool>(context)`); operations make it themselves.
/// An operation holds a pipe only while bytes move or lie in it. A pipe that still holds bytes when an operation
/// ends is closed, not kept. When there is none to be had (a bound of the pool, EMFILE, ENFILE) operations copy
/// through memory instead, so no bound here makes an operation fail.
///
/// All pipes, those in use included, are bounded in number for each pool, and in bytes for the whole process: an
/// unprivileged user's pipes share 16,384 pages (pipe(7), pipe-user-pages-soft), beyond which the kernel hands out
/// pipes of two pages, which are worse than none. Pipes grow only while all of them together are below half of the
/// bound in bytes, and new ones are made up to the bound.
///
/// Thread safety: distinct and shared objects are safe. Taking and giving back a pipe needs no lock.
class KERNEL_COPY_DECL pipe_pool : public boost::asio::execution_context::service
{
public:
    /// @cond
    using key_type = pipe_pool;
    static inline boost::asio::execution_context::id id{};
    /// @endcond

    /// See set_limits().
    struct limits
    {
        std::size_t pipes = 1024;             ///< at most, those in use included
        std::size_t kept = 64;                ///< at most, while nobody uses them; 64 is the most
        std::size_t bytes = 64 * 1024 * 1024; ///< the capacity of all pipes of the process
    };

    /// For use_service. No pipe is made yet.
    explicit pipe_pool(boost::asio::execution_context& context);
    ~pipe_pool() override;

    /// Holds from now on; pipes beyond it go when they are given back.
    void set_limits(const limits& to) noexcept;

    /// Pipes that exist, in use or kept.
    [[nodiscard]] std::size_t pipes() const noexcept;
    /// Pipes that wait for their next use.
    [[nodiscard]] std::size_t kept() const noexcept;
    /// Closes those.
    void trim() noexcept;

    /// For the library's own operations.
    [[nodiscard]] const std::shared_ptr<detail::pipe_store>& store() const noexcept { return store_; }

private:
    void shutdown() override;
    /// A child has pipes of its own.
    void notify_fork(boost::asio::execution_context::fork_event event) override;

    std::shared_ptr<detail::pipe_store> store_;
};

} // namespace kernel_copy::inline v0

#endif
