// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_ERASED_ENDS_HPP
#define KERNEL_COPY_DETAIL_ERASED_ENDS_HPP

#include <kernel_copy/detail/endpoint_concepts.hpp>
#include <kernel_copy/detail/typeless_ends.hpp>

#include <array>
#include <cstddef>

namespace kernel_copy::inline v0::detail {

template <class T>
constexpr bool needs_scratch()
{
    if constexpr (requires { endpoint_traits<T>::needs_scratch; })
        return endpoint_traits<T>::needs_scratch;
    else
        return false;
}

template <class T>
memory_ref memory_of(T& t)
{
    using traits = endpoint_traits<T>;
    return {.object = &t,
            .size = [](void* object) -> std::size_t { return traits::held(*static_cast<T*>(object)); },
            .peek =
                [](void* object, std::span<std::byte> scratch) {
                    const asio::const_buffer shown =
                        traits::peek(*static_cast<T*>(object), asio::mutable_buffer{scratch.data(), scratch.size()});
                    return std::span{static_cast<const std::byte*>(shown.data()), shown.size()};
                },
            .consume = [](void* object, std::size_t n) { traits::consume(*static_cast<T*>(object), n); },
            .needs_scratch = needs_scratch<T>()};
}

template <class T>
flush_ref flush_of(T& t)
{
    return {.object = &t, .flush = [](void* object, error_code& error) -> std::size_t {
                return endpoint_traits<T>::flush(*static_cast<T*>(object), error);
            }};
}

/// What can be done with what is left of an end when its wrappers are taken away.
template <class Innermost>
constexpr end_kind kind_of()
{
    if constexpr (has_descriptor<Innermost>)
        return endpoint_traits<Innermost>::kind;
    else
        return end_kind::stream;
}

template <class Innermost>
int descriptor_of(Innermost& t)
{
    if constexpr (has_descriptor<Innermost>)
        return endpoint_traits<Innermost>::descriptor(t);
    else
        return -1;
}

/// Asio's own non-blocking mode, where there is one.
template <class Innermost>
void make_non_blocking(Innermost& t)
{
    if constexpr (has_waiter<Innermost>)
    {
        auto& waiter = endpoint_traits<Innermost>::waiter(t);
        error_code ignored; // a closed descriptor says so itself when it is used
        if (!waiter.native_non_blocking())
            waiter.native_non_blocking(true, ignored);
    }
}

/// The wrappers of a source, outermost first. Refers to the source, which must stay where it is.
template <class Source>
class erased_source
{
public:
    explicit erased_source(Source& source) { collect(source, 0); }
    erased_source(const erased_source&) = delete;
    erased_source& operator=(const erased_source&) = delete;

    [[nodiscard]] source_end end() const
    {
        using innermost = innermost_t<Source>;
        return {.kind = kind_of<innermost>(),
                .must_be_made_non_blocking = has_descriptor<innermost> && !has_waiter<innermost>,
                .layers = layers_,
                .position = position_,
                .memory = memory_};
    }

private:
    template <class T>
    void collect([[maybe_unused]] T& t, [[maybe_unused]] std::size_t depth)
    {
        if constexpr (is_seen_through<T>())
        {
            using traits = endpoint_traits<T>;
            static_assert(traits_are_complete<T>, "endpoint_traits: a member does not have the documented form");
            source_layer& layer = layers_[depth];
            if constexpr (has_limit<T>)
            {
                layer.limit = traits::limit(t);
                if constexpr (requires { traits::exact(t); })
                    layer.exact = traits::exact(t);
            }
            if constexpr (has_memory<T>)
                layer.memory = memory_of(t);
            if constexpr (has_position<T>)
                position_ = &traits::position(t);
            if constexpr (has_end<T>)
                layer.ends = traits::ends(t);
            collect(traits::next_layer(t), depth + 1);
        }
        else if constexpr (requires { endpoint_traits<T>::memory_of(t); })
            memory_ = &endpoint_traits<T>::memory_of(t);
    }

    std::array<source_layer, wrapper_count<Source>()> layers_{};
    std::uint64_t* position_ = nullptr;
    file_memory* memory_ = nullptr;
};

/// An end as it is.
template <class Source>
requires(!is_seen_through<Source>()) class erased_source<Source>
{
public:
    explicit erased_source(Source&) noexcept {}
    [[nodiscard]] source_end end() const noexcept
    {
        return {.kind = kind_of<Source>(), .must_be_made_non_blocking = has_descriptor<Source> && !has_waiter<Source>};
    }
};

/// The write buffers of a sink, outermost first.
template <class Sink>
class erased_sink
{
public:
    explicit erased_sink(Sink& sink) { collect(sink); }
    erased_sink(const erased_sink&) = delete;
    erased_sink& operator=(const erased_sink&) = delete;

    [[nodiscard]] sink_end end() const
    {
        using innermost = innermost_t<Sink>;
        return {.kind = kind_of<innermost>(),
                .must_be_made_non_blocking = has_descriptor<innermost> && !has_waiter<innermost>,
                .buffers = std::span{buffers_}.first(count_)};
    }

private:
    template <class T>
    void collect([[maybe_unused]] T& t)
    {
        if constexpr (is_seen_through<T>())
        {
            static_assert(traits_are_complete<T>, "endpoint_traits: a member does not have the documented form");
            if constexpr (has_flush<T>)
                buffers_[count_++] = flush_of(t);
            collect(endpoint_traits<T>::next_layer(t));
        }
    }

    std::array<flush_ref, wrapper_count<Sink>()> buffers_{};
    std::size_t count_ = 0;
};

template <class Sink>
requires(!is_seen_through<Sink>()) class erased_sink<Sink>
{
public:
    explicit erased_sink(Sink&) noexcept {}
    [[nodiscard]] sink_end end() const noexcept
    {
        return {.kind = kind_of<Sink>(), .must_be_made_non_blocking = has_descriptor<Sink> && !has_waiter<Sink>};
    }
};

} // namespace kernel_copy::inline v0::detail

#endif
