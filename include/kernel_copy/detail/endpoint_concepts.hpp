// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_ENDPOINT_CONCEPTS_HPP
#define KERNEL_COPY_DETAIL_ENDPOINT_CONCEPTS_HPP

#include <kernel_copy/endpoint.hpp>
#include <kernel_copy/error.hpp>

#include <boost/asio/buffer.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace kernel_copy::inline v0::detail {

namespace asio = boost::asio;

template <class T>
concept has_descriptor = requires(T& t)
{
    {
        endpoint_traits<T>::descriptor(t)
        } -> std::convertible_to<int>;
    {
        endpoint_traits<T>::kind
        } -> std::convertible_to<end_kind>;
};

template <class T>
concept wrapper = requires(T& t)
{
    endpoint_traits<T>::next_layer(t);
};

template <class T>
concept has_limit = requires(T& t)
{
    {
        endpoint_traits<T>::limit(t)
        } -> std::same_as<std::uint64_t*>;
};

template <class T>
concept has_position = requires(T& t)
{
    {
        endpoint_traits<T>::position(t)
        } -> std::same_as<std::uint64_t&>;
};

template <class T>
concept has_memory = requires(T& t, std::size_t n, asio::mutable_buffer scratch)
{
    {
        endpoint_traits<T>::held(t)
        } -> std::convertible_to<std::size_t>;
    {
        endpoint_traits<T>::peek(t, scratch)
        } -> std::convertible_to<asio::const_buffer>;
    endpoint_traits<T>::consume(t, n);
};

template <class T>
concept has_end = requires(T& t)
{
    {
        endpoint_traits<T>::ends(t)
        } -> std::same_as<bool>;
};

template <class T>
concept has_flush = requires(T& t, error_code& error)
{
    {
        endpoint_traits<T>::flush(t, error)
        } -> std::convertible_to<std::size_t>;
};

// A wrapper that is seen through and whose members are not all understood would lose bytes or a limit.
template <class T>
constexpr bool traits_are_complete = [] {
    using traits = endpoint_traits<T>;
    constexpr bool names_memory = requires(T & t)
    {
        traits::held(t);
    }
    || requires(T & t, asio::mutable_buffer b)
    {
        traits::peek(t, b);
    }
    || requires(T & t)
    {
        traits::consume(t, 1u);
    }
    || requires(T & t)
    {
        traits::ends(t);
    }
    || requires
    {
        traits::needs_scratch;
    };
    constexpr bool names_limit = requires(T & t)
    {
        traits::limit(t);
    }
    || requires(T & t)
    {
        traits::exact(t);
    };
    constexpr bool names_position = requires(T & t)
    {
        traits::position(t);
    };
    constexpr bool names_flush = requires(T & t, error_code & e)
    {
        traits::flush(t, e);
    };
    constexpr bool names_end = requires(T & t)
    {
        traits::ends(t);
    };
    return (!names_memory || has_memory<T>)&&(!names_end || has_end<T>)&&(!names_limit || has_limit<T>)&&(
        !names_position || has_position<T>)&&(!names_flush || has_flush<T>);
}();

/// A view of this library: it has no read function of its own that could be observed, and is always seen through.
template <class T>
concept view = wrapper<T> && requires
{
    requires endpoint_traits<T>::is_view;
};

template <class T>
concept has_waiter = requires(T& t)
{
    endpoint_traits<T>::waiter(t);
};

template <wrapper T>
using next_layer_t = std::remove_cvref_t<decltype(endpoint_traits<T>::next_layer(std::declval<T&>()))>;

template <class T>
constexpr bool leads_to_descriptor()
{
    if constexpr (has_descriptor<T>)
        return true;
    else if constexpr (wrapper<T>)
        return leads_to_descriptor<next_layer_t<T>>();
    else
        return false;
}

/// Is this wrapper bypassed?
template <class T>
constexpr bool is_seen_through()
{
    if constexpr (view<T>)
        return true;
    else if constexpr (wrapper<T>)
        return leads_to_descriptor<T>();
    else
        return false;
}

/// What is left when all wrappers that can be seen through are taken away.
template <class T>
auto& innermost(T& t)
{
    if constexpr (is_seen_through<T>())
        return innermost(endpoint_traits<T>::next_layer(t));
    else
        return t;
}

template <class T>
using innermost_t = std::remove_cvref_t<decltype(innermost(std::declval<T&>()))>;

/// What is written where a view is one end of a relay: views are of what is read.
template <class T>
auto& without_views(T& t)
{
    if constexpr (view<T>)
        return without_views(endpoint_traits<T>::next_layer(t));
    else
        return t;
}

template <class T>
using without_views_t = std::remove_cvref_t<decltype(without_views(std::declval<T&>()))>;

template <class T>
constexpr std::size_t wrapper_count()
{
    if constexpr (is_seen_through<T>())
        return 1 + wrapper_count<next_layer_t<T>>();
    else
        return 0;
}

template <class T>
auto executor_of(T& t)
{
    if constexpr (requires { t.get_executor(); })
        return t.get_executor();
    else
        return executor_of(endpoint_traits<T>::next_layer(t));
}

template <class T>
using executor_of_t = decltype(executor_of(std::declval<T&>()));

// What a source or sink can be, for the messages of async_kernel_copy.

struct ignore_result
{
    void operator()(error_code, std::size_t) const {}
};

template <class T>
concept async_read_stream = requires(T& t, asio::mutable_buffer b)
{
    t.async_read_some(b, ignore_result{});
};

template <class T>
concept async_write_stream = requires(T& t, asio::const_buffer b)
{
    t.async_write_some(b, ignore_result{});
};

template <class T>
constexpr bool has_source_only_layer()
{
    if constexpr (has_limit<T> || has_position<T> || (view<T> && has_memory<T>))
        return true;
    else if constexpr (is_seen_through<T>())
        return has_source_only_layer<next_layer_t<T>>();
    else
        return false;
}

template <class T>
constexpr bool has_position_layer()
{
    if constexpr (has_position<T>)
        return true;
    else if constexpr (is_seen_through<T>())
        return has_position_layer<next_layer_t<T>>();
    else
        return false;
}

template <class T>
constexpr bool needs_position_and_has_none()
{
    if constexpr (requires { requires endpoint_traits<innermost_t<T>>::needs_position; })
        return !has_position_layer<T>();
    else
        return false;
}

template <class T>
constexpr bool can_be_read()
{
    if constexpr (requires { endpoint_traits<T>::readable; })
        return endpoint_traits<T>::readable;
    else if constexpr (has_descriptor<T>) // to look at its functions takes the compiler long
        return true;
    else
        return async_read_stream<T>;
}

template <class T>
constexpr bool can_be_written()
{
    if constexpr (requires { endpoint_traits<T>::writable; })
        return endpoint_traits<T>::writable;
    else if constexpr (has_descriptor<T>) // to look at its functions takes the compiler long
        return true;
    else
        return async_write_stream<T>;
}

template <class T>
concept copy_source = can_be_read<innermost_t<T>>();

template <class T>
concept copy_sink = !has_source_only_layer<T>() && can_be_written<innermost_t<T>>();

} // namespace kernel_copy::inline v0::detail

#endif
