// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/progress.hpp>

#include <algorithm>

namespace kernel_copy::inline v0::detail {

namespace {

void shrink(std::uint64_t& limit, std::uint64_t n) noexcept
{
    limit -= std::min(limit, n);
}

} // namespace

std::uint64_t progress::least_limit() const noexcept
{
    std::uint64_t least = no_limit;
    for (const source_layer& layer : layers_)
    {
        if (layer.limit != nullptr)
            least = std::min(least, *layer.limit);
        if (layer.ends)
            return 0;
    }
    return least;
}

const source_layer* progress::front() const
{
    for (const source_layer& layer : layers_)
    {
        if (layer.limit != nullptr && *layer.limit == 0)
            return nullptr;
        if (layer.held() != 0)
            return &layer;
        if (layer.ends)
            return nullptr;
    }
    return nullptr;
}

std::uint64_t progress::front_length() const
{
    std::uint64_t least = no_limit;
    for (const source_layer& layer : layers_)
    {
        if (layer.limit != nullptr)
            least = std::min(least, *layer.limit);
        if (const std::size_t held = layer.held(); held != 0)
            return std::min<std::uint64_t>(least, held);
        if (layer.ends)
            return 0;
    }
    return 0;
}

std::uint64_t progress::allowed_behind(std::uint64_t n) const
{
    std::uint64_t least = no_limit;
    bool is_inside = false;
    for (const source_layer& layer : layers_)
    {
        if (layer.limit != nullptr)
            least = std::min(least, *layer.limit - (is_inside ? 0 : std::min(n, *layer.limit)));
        if (layer.ends)
            return 0;
        is_inside = is_inside || layer.held() != 0;
    }
    return least;
}

// A reader stops at the outermost limit that is used up; every exact limit outside of that one has been
// promised bytes that will not come.
bool progress::truncated() const noexcept
{
    for (const source_layer& layer : layers_)
    {
        if (layer.limit == nullptr)
            continue;
        if (*layer.limit == 0)
            return false;
        if (layer.exact)
            return true;
    }
    return false;
}

void progress::delivered_from_memory(std::uint64_t n)
{
    taken_ += n;
    delivered_ += n;
    auto layer = layers_.begin();
    for (; layer != layers_.end() && layer->held() == 0; ++layer)
        if (layer->limit != nullptr)
            shrink(*layer->limit, n);
    if (layer == layers_.end()) // somebody has emptied it meanwhile
        return;
    if (layer->limit != nullptr)
        shrink(*layer->limit, n);
    layer->memory.consume(layer->memory.object, static_cast<std::size_t>(n));
}

void progress::took(std::uint64_t n) noexcept
{
    taken_ += n;
    from_innermost_ += n;
    if (position_ != nullptr)
        *position_ += n;
    for (const source_layer& layer : layers_)
        if (layer.limit != nullptr)
            shrink(*layer.limit, n);
}

void progress::gave_back(std::uint64_t n) noexcept
{
    taken_ -= n;
    from_innermost_ -= n;
    if (position_ != nullptr)
        *position_ -= n;
    for (const source_layer& layer : layers_)
        if (layer.limit != nullptr)
            *layer.limit += n;
}

} // namespace kernel_copy::inline v0::detail
