// Distributed under the Boost Software License, Version 1.0.
#include <support/scenario.hpp>

#include <algorithm>
#include <span>

namespace kernel_copy::test {

source_stack::source_stack(const scenario& from)
    : specs_{from.layers}, positioned_{from.position.has_value()}, position_{from.position.value_or(0)}
{
    for (const layer_spec& spec : specs_)
    {
        limits_.push_back(spec.limit.value_or(0));
        memories_.push_back({spec.memory});
    }
    for (std::size_t i = 0; i != specs_.size(); ++i)
    {
        detail::source_layer layer{};
        if (specs_[i].limit)
            layer = {.limit = &limits_[i], .exact = specs_[i].exact};
        else
            layer.memory = refer_to(memories_[i]);
        layers_.push_back(layer);
    }
}

detail::memory_ref source_stack::refer_to(memory& m)
{
    return {.object = &m,
            .size =
                [](void* object) {
                    const memory& held = *static_cast<memory*>(object);
                    return held.bytes.size() - held.consumed;
                },
            .peek =
                [](void* object, std::span<std::byte>) {
                    const memory& held = *static_cast<memory*>(object);
                    return std::as_bytes(std::span{held.bytes}).subspan(held.consumed);
                },
            .consume =
                [](void* object, std::size_t n) {
                    memory& held = *static_cast<memory*>(object);
                    require(n != 0 && n <= held.bytes.size() - held.consumed, "more consumed than is in memory");
                    held.consumed += n;
                }};
}

detail::progress source_stack::begin_counts()
{
    return detail::progress{layers_, positioned_ ? &position_ : nullptr};
}

std::size_t source_stack::index_of(const detail::source_layer& layer) const
{
    const auto found =
        std::find_if(layers_.begin(), layers_.end(), [&layer](const auto& other) { return &other == &layer; });
    require(found != layers_.end(), "a layer that is not of this source");
    return static_cast<std::size_t>(found - layers_.begin());
}

} // namespace kernel_copy::test
