// Distributed under the Boost Software License, Version 1.0.
//
// One engine in its modelled world, under whatever a driver and a kernel can say. The model checks every step.
#include "conversation.hpp"
#include "engine_input.hpp"

#include <support/injections.hpp>

#include <cerrno>

namespace kernel_copy::test {

namespace {

constexpr std::array stream_failures{EIO, ECONNRESET, EPIPE, ECANCELED};

class engine_conversation : public conversation
{
public:
    using conversation::conversation;

    void run()
    {
        const engine_input input = decide_engine_input(from_);
        if (is_traced())
            trace(describe(input));
        copy_run copy{input.of, input.source_holds, input.how, input.at_the_start};
        while (!from_.empty() && !copy.finished())
            step(copy);
        trace("honest from here on");
        while (is_traced() && !copy.finished() && copy.steps() < most_traced)
            go_on(copy);
        copy.run_on();
    }

private:
    static constexpr std::uint64_t most_traced = 2000;

    void step(copy_run& copy)
    {
        const unsigned what = from_.byte();
        if (what < 64) // so many steps
        {
            for (unsigned n = 0; n <= what / 4 && !copy.finished(); ++n)
                go_on(copy);
            return;
        }
        if (copy.is_to_be_begun())
            return go_on(copy);
        call_side side = (what & 1) != 0 ? call_side::source : call_side::sink;
        if (copy.answerable(side) == nullptr)
            side = side == call_side::source ? call_side::sink : call_side::source;
        tell(copy);
        answer(copy, side, (what - 64) / 16);
    }

    void answer(copy_run& copy, call_side side, unsigned how)
    {
        switch (how)
        {
        case 0:
            return trace("honestly"), copy.answer_honestly(side);
        case 1:
        case 2:
            return answer_in_part(copy, side);
        case 3:
        case 4:
        {
            const int error = from_.pick(failures);
            trace("fails with " + std::to_string(error));
            fail(copy, side, error);
            return;
        }
        case 5:
        {
            const bool truly = from_.flag();
            trace(truly ? "nothing, truly" : "nothing");
            give_nothing(copy, side, truly);
            return;
        }
        case 6:
            if (!copy.can_be_interrupted(*copy.answerable(side)))
                return copy.answer_honestly(side);
            return trace("a stop is seen"), see_stop(copy, side, {}, from_.pick(stops));
        case 7:
        case 8:
            return ask_to_stop(copy);
        case 9:
            return fail_after_bytes(copy, side);
        case 10:
            return trace("the source ends here"), copy.end_source_here();
        default:
            return trace("no more workers"), copy.lose_workers();
        }
    }

    void answer_in_part(copy_run& copy, call_side side)
    {
        const std::uint64_t most = std::max<std::uint64_t>(from_.number(), 1);
        trace("at most " + std::to_string(most));
        copy.answer_honestly(side, most);
    }

    // Only a stream's own functions do that.
    void fail_after_bytes(copy_run& copy, call_side side)
    {
        const action_kind kind = copy.answerable(side)->kind;
        const bool reads = kind == action_kind::read_source && copy.setup().source.kind == end_kind::stream;
        const bool writes = (kind == action_kind::write_buffer || kind == action_kind::write_memory) &&
                            copy.setup().sink.kind == end_kind::stream;
        if (!reads && !writes)
            return answer_in_part(copy, side);
        const std::uint64_t most = std::max<std::uint64_t>(from_.number(), 1);
        const int error = from_.pick(stream_failures);
        trace("at most " + std::to_string(most) + ", and fails with " + std::to_string(error));
        copy.answer_honestly(side, most, errno_code(error));
    }

    void ask_to_stop(copy_run& copy)
    {
        const stop_request stop = from_.pick(stops);
        const bool in_time = from_.flag();
        if (!copy.can_be_asked_to_stop())
            return;
        trace("asked for stop " + std::to_string(static_cast<int>(stop)) + (in_time ? "" : ", too late"));
        copy.ask_to_stop(stop, in_time);
    }

    void go_on(copy_run& copy)
    {
        tell(copy);
        copy.go_on();
    }

    void tell(const copy_run& copy) const
    {
        if (!is_traced())
            return;
        trace(std::to_string(copy.steps()) + ": " + describe(copy.next()));
        for (const call_side side : {call_side::source, call_side::sink})
            if (const action* const a = copy.answerable(side); a != nullptr && a != &copy.next())
                trace("    under way: " + describe(*a));
    }
};

} // namespace

} // namespace kernel_copy::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    return kernel_copy::test::have<kernel_copy::test::engine_conversation>(data, size);
}
