// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/scratch.hpp>

#include <boost/throw_exception.hpp>

#include <array>
#include <new>
#include <utility>

namespace kernel_copy::inline v0::detail {

namespace {

// Larger buffers than the common one are made and dropped.
constexpr std::size_t spare_size = 64 * 1024;
constexpr std::size_t machinery_size = 1536;

// On page boundaries: the kernel copies there and from there faster (16 KiB read and sent: 10 % of all the CPU time).
constexpr std::align_val_t page_alignment{4096};

void* allocate_pages(std::size_t size) noexcept
{
    return ::operator new(size, page_alignment, std::nothrow);
}

void release_pages(void* block) noexcept
{
    ::operator delete(block, page_alignment);
}

void* allocate(std::size_t size) noexcept
{
    return ::operator new(size, std::nothrow);
}

void release(void* block) noexcept
{
    ::operator delete(block);
}

/// A few blocks of one size that a thread keeps. More than one, because what an operation has kept for a while comes
/// back when another is out.
template <std::size_t Size, std::size_t Most, void* (*Allocate)(std::size_t) noexcept, void (*Release)(void*) noexcept>
class spares
{
public:
    spares() = default;
    spares(const spares&) = delete;
    spares& operator=(const spares&) = delete;
    ~spares()
    {
        for (void* const spare : spares_)
            Release(spare);
        gone() = true;
    }

    static void* take() noexcept
    {
        if (!gone())
            for (void*& spare : of_this_thread().spares_)
                if (spare != nullptr)
                    return std::exchange(spare, nullptr);
        return Allocate(Size);
    }

    static void put(void* block) noexcept
    {
        if (!gone())
            for (void*& spare : of_this_thread().spares_)
                if (spare == nullptr)
                {
                    spare = block;
                    return;
                }
        Release(block);
    }

private:
    static spares& of_this_thread() noexcept
    {
        thread_local spares instance;
        return instance;
    }

    /// An operation may end after its thread's own objects have.
    static bool& gone() noexcept
    {
        thread_local bool is = false;
        return is;
    }

    std::array<void*, Most> spares_{};
};

using spare_buffers = spares<spare_size, 2, allocate_pages, release_pages>;
using spare_machinery = spares<machinery_size, 4, allocate, release>;

} // namespace

bool scratch::find(std::size_t size) noexcept
{
    spare_ = size <= spare_size;
    data_ = static_cast<std::byte*>(spare_ ? spare_buffers::take() : allocate_pages(size));
    return data_ != nullptr;
}

void scratch::put() noexcept
{
    void* const buffer = std::exchange(data_, nullptr);
    spare_ ? spare_buffers::put(buffer) : release_pages(buffer);
}

void* lend_machinery(std::size_t size)
{
    void* const memory = size <= machinery_size ? spare_machinery::take() : allocate(size);
    if (memory == nullptr)
        boost::throw_exception(std::bad_alloc{});
    return memory;
}

void take_back_machinery(void* memory, std::size_t size) noexcept
{
    size <= machinery_size ? spare_machinery::put(memory) : release(memory);
}

} // namespace kernel_copy::inline v0::detail
