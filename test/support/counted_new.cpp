// Distributed under the Boost Software License, Version 1.0.
#include "support/counted_new.hpp"
#include "support/sanitized.hpp"

#ifdef KERNEL_COPY_TEST_HAS_THREAD_SANITIZER

#include <sanitizer/allocator_interface.h>

// ThreadSanitizer's operators can't be replaced, and count bytes alone.
std::size_t test::calls_of_new() noexcept
{
    return 0;
}
std::size_t test::calls_of_aligned_alloc() noexcept
{
    return 0;
}
std::size_t test::blocks_in_use() noexcept
{
    return 0;
}
std::size_t test::bytes_in_use() noexcept
{
    return __sanitizer_get_current_allocated_bytes();
}

#else

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

#include <malloc.h>

namespace {

std::atomic<std::size_t> calls{0};
std::atomic<std::size_t> aligned_calls{0};
std::atomic<std::size_t> blocks{0};
std::atomic<std::size_t> bytes{0};

void* counted(std::size_t size) noexcept
{
    calls.fetch_add(1, std::memory_order_relaxed);
    void* const memory = std::malloc(size != 0 ? size : 1);
    if (memory != nullptr)
    {
        blocks.fetch_add(1, std::memory_order_relaxed);
        bytes.fetch_add(::malloc_usable_size(memory), std::memory_order_relaxed);
    }
    return memory;
}

void uncounted(void* memory) noexcept
{
    if (memory != nullptr)
    {
        blocks.fetch_sub(1, std::memory_order_relaxed);
        bytes.fetch_sub(::malloc_usable_size(memory), std::memory_order_relaxed);
    }
    std::free(memory);
}

} // namespace

std::size_t test::calls_of_new() noexcept
{
    return calls.load(std::memory_order_relaxed);
}
std::size_t test::calls_of_aligned_alloc() noexcept
{
    return aligned_calls.load(std::memory_order_relaxed);
}
std::size_t test::blocks_in_use() noexcept
{
    return blocks.load(std::memory_order_relaxed);
}
std::size_t test::bytes_in_use() noexcept
{
    return bytes.load(std::memory_order_relaxed);
}

extern "C" void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept
{
    aligned_calls.fetch_add(1, std::memory_order_relaxed);
    void* memory = nullptr;
    return ::posix_memalign(&memory, std::max(alignment, sizeof memory), size) == 0 ? memory : nullptr;
}

void* operator new(std::size_t size)
{
    if (void* const memory = counted(size))
        return memory;
    throw std::bad_alloc{};
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept
{
    return counted(size);
}
void operator delete(void* memory) noexcept
{
    uncounted(memory);
}
void operator delete(void* memory, std::size_t) noexcept
{
    uncounted(memory);
}
void operator delete(void* memory, const std::nothrow_t&) noexcept
{
    uncounted(memory);
}

#endif
