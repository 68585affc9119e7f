// Distributed under the Boost Software License, Version 1.0.
#include <support/script.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>

namespace kernel_copy::test {

namespace {

constexpr std::array failures{EIO,       EPIPE, ECONNRESET, ENOSPC, EINVAL,     ENOSYS, EPERM,
                              EOVERFLOW, EXDEV, EBADF,      EAGAIN, EOPNOTSUPP, ENOMEM, ECANCELED};
constexpr std::array stops{stop_request::total, stop_request::dry, stop_request::partial, stop_request::terminal};

std::size_t replays_made = 0;

bool is_file(end_kind kind)
{
    return kind == end_kind::regular_file || kind == end_kind::block_device;
}

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

bool may_block(const copy_setup& setup, const action& a)
{
    switch (a.kind)
    {
    case action_kind::transfer:
        return a.by != method::copy_file_range && !(is_file(setup.source.kind) && is_file(setup.sink.kind));
    case action_kind::read_source:
        return !is_file(setup.source.kind) || a.runs == detail::place::here_if_ready;
    case action_kind::drain_pipe:
    case action_kind::write_buffer:
    case action_kind::write_memory:
    case action_kind::flush_sink:
        return !is_file(setup.sink.kind);
    default:
        return true;
    }
}

// What follows answers the action on this side otherwise than it was, if it can be.

/// Pauses and questions fail in their own ways, and files are always ready.
bool fail(copy_run& run, call_side side, int error)
{
    const action& a = *run.answerable(side);
    const bool silent = a.kind == action_kind::yield || a.kind == action_kind::pace ||
                        a.kind == action_kind::return_pipe || a.kind == action_kind::probe_call;
    if (silent || (error == EAGAIN && !may_block(run.setup(), a)))
        return false;
    run.step({.how = {.bytes = 0, .error = errno_code(error), .side = side}});
    return true;
}

/// `truly`: it has ended; else it only says so, as file systems do whose reads are short.
bool give_nothing(copy_run& run, call_side side, bool truly)
{
    const action& a = *run.answerable(side);
    switch (a.kind)
    {
    case action_kind::transfer:
    case action_kind::fill_pipe:
    case action_kind::read_source:
    case action_kind::confirm_end:
        if (!truly && !run.may_say_nothing(a))
            return false;
        if (truly && a.runs != detail::place::here_if_ready) // which may say so anyway
            run.end_source_here();
        [[fallthrough]];
    case action_kind::drain_pipe:
    case action_kind::read_pipe:
    case action_kind::write_buffer:
    case action_kind::write_memory:
    case action_kind::probe_call:
    case action_kind::ask_warmth:
        run.step({.how = {.side = side}});
        return true;
    default:
        return false;
    }
}

/// A request ends a wait, and a stream's own function; of another call it is seen afterwards.
bool see_stop(copy_run& run, call_side side, const reply& was, stop_request stop)
{
    const action a = *run.answerable(side);
    event how{.side = side};
    if (run.can_be_interrupted(a))
        how.error = errno_code(ECANCELED);
    else if (was.how.side == side && was.heard == stop_request::none)
        how = was.how;
    run.step({.how = how, .stop = stop});
    return true;
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
        {{.most_per_call = few, .blocks_every_other_call = true, .parks = true}},
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
    {}

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
                 [&](copy_run& run) { return see_stop(run, side, replies_[k], stop); });
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

    const scenario& scenario_;
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
