// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FUZZ_CONVERSATION_HPP
#define KERNEL_COPY_TEST_FUZZ_CONVERSATION_HPP

#include "decisions.hpp"

#include <support/scenario.hpp>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace kernel_copy::test {

/// What one input leads to. The same bytes lead to the same again, so that it can be traced once it is of interest.
class conversation
{
public:
    conversation(std::span<const std::uint8_t> bytes, bool traced) : from_{bytes}, traced_{traced} {}

protected:
    void trace(const std::string& what) const
    {
        if (traced_)
            std::fprintf(stderr, "%s\n", what.c_str());
    }
    [[nodiscard]] bool is_traced() const { return traced_; }

    decisions from_;

private:
    bool traced_;
};

/// Has it. After a violation it is had again, with a trace, and the process ends.
template <class Conversation>
int have(const std::uint8_t* data, std::size_t size)
{
    try
    {
        Conversation{{data, size}, false}.run();
        return 0;
    }
    catch (const violation& v)
    {
        std::fprintf(stderr, "violation: %s\n", v.what());
    }
    try
    {
        Conversation{{data, size}, true}.run();
    }
    catch (const violation& v)
    {
        std::fprintf(stderr, "violation: %s\n", v.what());
    }
    std::abort();
}

} // namespace kernel_copy::test

#endif
