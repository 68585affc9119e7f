// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_HOLDER_HPP
#define KERNEL_COPY_DETAIL_HOLDER_HPP

#include <memory>
#include <utility>

namespace kernel_copy::inline v0::detail {

/// Holds an rvalue by value.
template <class T>
class holder
{
public:
    explicit holder(T&& value) : value_{std::move(value)} {}
    T& get() noexcept { return value_; }
    const T& get() const noexcept { return value_; }

private:
    T value_;
};

/// Holds an lvalue by reference.
template <class T>
class holder<T&>
{
public:
    explicit holder(T& value) noexcept : value_{std::addressof(value)} {}
    T& get() const noexcept { return *value_; }

private:
    T* value_;
};

} // namespace kernel_copy::inline v0::detail

#endif
