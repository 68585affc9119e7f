// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_SHARED_LIFE_HPP
#define KERNEL_COPY_DETAIL_SHARED_LIFE_HPP

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <boost/core/no_exceptions_support.hpp>

#include <atomic>
#include <memory>
#include <new>
#include <utility>

namespace kernel_copy::inline v0::detail {

namespace asio = boost::asio;

/// An operation's memory, which is one piece from the allocator of the user's handler, and the handler in it. It lives as
/// long as somebody has a reference.
///
/// `Derived` has `void hear_no_more()`, which is called before the end.
template <class Derived, class Handler>
class shared_life
{
public:
    using handler_type = Handler;

    shared_life(const shared_life&) = delete;
    shared_life& operator=(const shared_life&) = delete;

    struct release
    {
        void operator()(Derived* of) const noexcept { of->drop_reference(); }
    };
    using reference = std::unique_ptr<Derived, release>;

    /// The first reference is that of its making.
    template <class... Args>
    static reference make(Handler& handler, Args&&... args)
    {
        auto allocator = allocator_for(handler);
        Derived* const made = traits::allocate(allocator, 1);
        BOOST_TRY
        {
            ::new (static_cast<void*>(made)) Derived{std::move(handler), std::forward<Args>(args)...};
        }
        BOOST_CATCH(...)
        {
            traits::deallocate(allocator, made, 1);
            BOOST_RETHROW
        }
        BOOST_CATCH_END
        return reference{made};
    }

    void add_reference() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void drop_reference() noexcept
    {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1)
            destroy();
    }

    [[nodiscard]] const Handler& handler() const noexcept { return handler_; }

protected:
    explicit shared_life(Handler&& handler) : handler_{std::move(handler)}, allocator_{associated::get(handler_)} {}
    ~shared_life() = default;

    reference alive() noexcept
    {
        add_reference();
        return reference{&derived()};
    }
    [[nodiscard]] bool is_shared() const noexcept { return references_.load(std::memory_order_relaxed) > 1; }

    Handler take_handler() { return std::move(handler_); }

    Derived& derived() noexcept { return static_cast<Derived&>(*this); }

private:
    using associated = asio::associated_allocator<Handler, asio::recycling_allocator<void>>;
    using allocator_base = typename associated::type;
    using traits = typename std::allocator_traits<allocator_base>::template rebind_traits<Derived>;
    using allocator_type = typename traits::allocator_type;

    static allocator_type allocator_for(const Handler& handler) { return allocator_type{associated::get(handler)}; }

    void destroy() noexcept
    {
        Derived* const self = &derived();
        self->hear_no_more();
        allocator_type allocator{allocator_};
        self->~Derived();
        traits::deallocate(allocator, self, 1);
    }

    Handler handler_;
    [[no_unique_address]] allocator_base allocator_; ///< known when the handler has been moved from
    std::atomic<unsigned> references_{1};
};

} // namespace kernel_copy::inline v0::detail

#endif
