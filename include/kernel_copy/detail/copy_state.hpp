// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_COPY_STATE_HPP
#define KERNEL_COPY_DETAIL_COPY_STATE_HPP

#include <kernel_copy/detail/erased_ends.hpp>
#include <kernel_copy/detail/holder.hpp>
#include <kernel_copy/detail/waiter.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace kernel_copy::detail {

/// What a running copy keeps in one place: allocated once, by the handler's allocator.
template <class Source, class Sink>
class copy_state
{
public:
    using source_type = std::remove_cvref_t<Source>;
    using sink_type = std::remove_cvref_t<Sink>;
    using innermost_source = innermost_t<source_type>;
    using innermost_sink = innermost_t<sink_type>;

    copy_state(holder<Source>&& source, holder<Sink>&& sink, const copy_options& options)
        : source_{std::move(source)}, sink_{std::move(sink)}, machine{source_layers_.end(), sink_buffers_.end(),
                                                                      options}
    {
        make_non_blocking(source_end());
        make_non_blocking(sink_end());
    }
    copy_state(const copy_state&) = delete;
    copy_state& operator=(const copy_state&) = delete;

    virtual void destroy() noexcept = 0;

    innermost_source& source_end() { return innermost(source_.get()); }
    innermost_sink& sink_end() { return innermost(sink_.get()); }

    /// Asked again each time: the user may have closed one meanwhile, and its number may be another's.
    [[nodiscard]] descriptor_pair descriptors()
    {
        return {.source = descriptor_of(source_end()), .sink = descriptor_of(sink_end())};
    }

private:
    holder<Source> source_;
    holder<Sink> sink_;
    erased_source<source_type> source_layers_{source_.get()};
    erased_sink<sink_type> sink_buffers_{sink_.get()};

public:
    pump machine;
    waiter<innermost_source, executor_of_t<innermost_source>> source_waiter{};
    waiter<innermost_sink, executor_of_t<innermost_sink>> sink_waiter{};

protected:
    ~copy_state() = default;
};

template <class State>
struct state_deleter
{
    void operator()(State* state) const noexcept { state->destroy(); }
};

template <class State>
using state_ptr = std::unique_ptr<State, state_deleter<State>>;

/// Makes a state with an allocator that its type does not name.
template <class State, class Allocator, class... Args>
state_ptr<State> allocate_state(const Allocator& allocator, Args&&... args)
{
    class allocated final : public State
    {
    public:
        using allocator_type = typename std::allocator_traits<Allocator>::template rebind_alloc<allocated>;
        using traits = std::allocator_traits<allocator_type>;

        explicit allocated(const allocator_type& by, Args&&... state_args)
            : State{std::forward<Args>(state_args)...}, by_{by}
        {}

        void destroy() noexcept override
        {
            allocator_type by{by_};
            this->~allocated();
            traits::deallocate(by, this, 1);
        }

    private:
        allocator_type by_;
    };

    typename allocated::allocator_type by{allocator};
    allocated* const place = allocated::traits::allocate(by, 1);
    try
    {
        return state_ptr<State>{::new (static_cast<void*>(place)) allocated{by, std::forward<Args>(args)...}};
    }
    catch (...)
    {
        allocated::traits::deallocate(by, place, 1);
        throw;
    }
}

} // namespace kernel_copy::detail

#endif
