// Distributed under the Boost Software License, Version 1.0.
#include <support/injections.hpp>
#include <support/sanitized.hpp>
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <functional>

namespace kernel_copy::test {

namespace {

std::size_t replays_made = 0;

/// What the source must hold for the conversation to be possible, and whether it ended in it.
std::uint64_t source_of(const scenario& of, const std::vector<reply>& replies)
{
    copy_run run{of, no_limit};
    std::uint64_t most = 0;
    for (const reply& r : replies)
    {
        run.step(r);
        most = std::max(most, run.around().taken_from_source());
    }
    return run.saw_the_end() ? most : most + 1000;
}

/// In which a replay goes on.
struct world_kind
{
    temper how{};
    bool is_of_files = false; ///< of what waits for disks
    bool has_workers = true;
};

std::vector<world_kind> worlds(std::uint64_t few)
{
    using enum first_answer;
    return {
        {},
        {{.most_per_call = few, .blocks_every_other_call = true, .shares = false, .parks = true}},
        {{.most_per_call = few, .blocks_every_other_call = true, .order = source}},
        {{.most_per_call = few, .order = alternating, .parks = true}},
        {{.files = warmth::none}, true},
        {{.most_per_call = few, .order = source, .files = warmth::none, .nanoseconds_on_worker = 50'000'000}, true},
        {{.blocks_every_other_call = true, .order = source, .files = warmth::every_other}, true},
        {{.most_per_call = few, .order = alternating, .files = warmth::every_other, .nanoseconds_on_worker = 1}, true},
        {{.blocks_every_other_call = true, .files = warmth::a_part}, true},
        {{.most_per_call = few, .files = warmth::every_other}, true, false},
        {{.files = warmth::none}, true, false}};
}

class replayer
{
public:
    replayer(const scenario& of, const std::vector<reply>& replies, place where)
        : scenario_{of}, replies_{replies}, where_{where}, source_holds_{source_of(of, replies)}
    {
        scenario_.setup.keeps_residue = true;
    }

    void run()
    {
        stop_at_the_start();
        for (std::size_t k = 0; k != replies_.size(); ++k)
        {
            for (const call_side side : {call_side::source, call_side::sink})
                answer_otherwise(k, side);
            ask_to_stop(k);
            once(k, "an honest kernel", [](copy_run&) { return true; });
        }
    }

private:
    /// False where there is nothing to change.
    using injection = std::function<bool(copy_run&)>;

    void answer_otherwise(std::size_t k, call_side side)
    {
        const auto with = [&](const std::string& what, const auto& inject) {
            once(k, what + (side == call_side::source ? " of the source's" : " of the sink's"),
                 [&](copy_run& run) { return run.answerable(side) != nullptr && inject(run); });
        };
        for (const int error : failures)
            with("errno " + std::to_string(error), [&](copy_run& run) { return fail(run, side, error); });
        for (const bool truly : {true, false})
            with("0 bytes", [&](copy_run& run) { return give_nothing(run, side, truly); });
        for (const stop_request stop : stops)
            with("stop " + std::to_string(static_cast<int>(stop)),
                 [&](copy_run& run) { return see_stop_at(run, k, side, stop); });
    }

    bool see_stop_at(copy_run& run, std::size_t k, call_side side, stop_request stop) const
    {
        const reply& was = replies_[k];
        const bool answered = was.how.side == side && was.heard == stop_request::none;
        see_stop(run, side, answered ? was.how : event{}, stop);
        return true;
    }

    void ask_to_stop(std::size_t k)
    {
        for (const stop_request stop : stops)
            for (const bool in_time : {true, false})
                once(k, "a request for stop " + std::to_string(static_cast<int>(stop)), [&](copy_run& run) {
                    if (!run.can_be_asked_to_stop())
                        return false;
                    run.ask_to_stop(stop, in_time);
                    return true;
                });
    }

    /// With worlds that answer in every order.
    void once(std::size_t k, const std::string& what, const injection& inject)
    {
        const std::uint64_t few = 700 + source_holds_ / 50;
        const bool overlaps = std::any_of(replies_.begin(), replies_.end(), [](const reply& r) { return r.how.begun; });
        for (const world_kind& in : worlds(few))
        {
            if (!overlaps && !in.is_of_files && in.how.order != first_answer::sink)
                continue;
            if (in.is_of_files && scenario_.setup.disk == kernel_copy::disk::inline_)
                continue;
            if (is_left_out())
                continue;
            guarded("replay with " + what + " at step " + std::to_string(k), [&] {
                copy_run run{scenario_, source_holds_, in.how};
                for (std::size_t i = 0; i != k; ++i)
                    run.step(replies_[i]);
                if (!inject(run))
                    return;
                ++replays_made;
                if (!in.has_workers)
                    run.lose_workers();
                run.run_on();
            });
        }
    }

    /// A sanitizer takes ten times as long, and looks at memory, which any of many replays shows it.
    [[nodiscard]] static bool is_left_out()
    {
        static std::uint64_t n = 0;
        return ::test::sanitized && ++n % 5 != 0;
    }

    void stop_at_the_start()
    {
        for (const stop_request stop : stops)
            guarded("a stop at the start", [&] { copy_run{scenario_, source_holds_, {}, stop}.run_on(); });
    }

    void guarded(const std::string& what, const std::function<void()>& body) const
    {
        try
        {
            body();
        }
        catch (const violation& v)
        {
            BOOST_ERROR(where_.text() + ": " + what + ": " + v.what());
        }
    }

    scenario scenario_;
    const std::vector<reply>& replies_;
    place where_;
    std::uint64_t source_holds_;
};

/// Says at the end how much was tried.
struct replay_count
{
    ~replay_count() { BOOST_TEST_MESSAGE(replays_made << " replays"); }
};

BOOST_TEST_GLOBAL_FIXTURE(replay_count);

} // namespace

void replay(const scenario& of, const std::vector<reply>& replies, place where)
{
    replayer{of, replies, where}.run();
}

} // namespace kernel_copy::test
