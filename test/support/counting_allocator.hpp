// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_COUNTING_ALLOCATOR_HPP
#define KERNEL_COPY_TEST_SUPPORT_COUNTING_ALLOCATOR_HPP

#include <atomic>
#include <cstddef>
#include <memory>

namespace test {

struct allocations
{
    std::atomic<std::size_t> made{0};
    std::atomic<std::size_t> live{0};
};

/// A handler's allocator that counts, on whatever thread.
template <class T = void>
struct counting_allocator
{
    using value_type = T;
    explicit counting_allocator(allocations& c) noexcept : counts{&c} {}
    template <class U>
    counting_allocator(const counting_allocator<U>& other) noexcept : counts{other.counts}
    {}
    T* allocate(std::size_t n)
    {
        ++counts->made;
        ++counts->live;
        return std::allocator<T>{}.allocate(n);
    }
    void deallocate(T* p, std::size_t n) noexcept
    {
        std::allocator<T>{}.deallocate(p, n);
        --counts->live;
    }
    template <class U>
    bool operator==(const counting_allocator<U>& other) const noexcept
    {
        return counts == other.counts;
    }
    allocations* counts;
};

} // namespace test

#endif
