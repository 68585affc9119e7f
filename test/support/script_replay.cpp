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
                              EOVERFLOW, EXDEV, EBADF,      EAGAIN, EOPNOTSUPP, ENOMEM};
constexpr std::array stops{stop_request::total, stop_request::partial, stop_request::terminal};

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

class replayer
{
public:
    replayer(const scenario& of, const std::vector<reply>& replies, place where)
        : scenario_{of}, replies_{replies}, where_{where}, source_holds_{source_of(of, replies)}
    {}

    std::size_t run()
    {
        stop_at_the_start();
        for (std::size_t k = 0; k != replies_.size(); ++k)
        {
            for (const int error : failures)
                once(k, "errno " + std::to_string(error), [error](copy_run& run) { fail(run, error); });
            once(k, "0 bytes", [](copy_run& run) { give_nothing(run); });
            for (const stop_request stop : stops)
            {
                const std::string name = "stop " + std::to_string(static_cast<int>(stop));
                once(k, name, [this, k, stop](copy_run& run) { ask_to_stop(run, replies_[k].how, stop); });
            }
            once(k, "an honest kernel", [](copy_run&) {});
        }
        return count_;
    }

private:
    void once(std::size_t k, const std::string& what, const std::function<void(copy_run&)>& inject)
    {
        for (const temper& how :
             {temper{}, temper{.most_per_call = 700 + source_holds_ / 50, .blocks_every_other_call = true}})
        {
            ++count_;
            guarded("replay with " + what + " at step " + std::to_string(k), [&] {
                copy_run run{scenario_, source_holds_, how};
                for (std::size_t i = 0; i != k; ++i)
                    run.step(replies_[i]);
                inject(run);
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

    /// Pauses and questions fail in their own ways, and files are always ready.
    static void fail(copy_run& run, int error)
    {
        const action& a = run.next();
        const bool silent = a.kind == action_kind::yield || a.kind == action_kind::probe_call;
        if (silent || (error == EAGAIN && !may_block(run)))
            return;
        run.step({.how = {.bytes = 0, .error = errno_code(error)}});
    }

    static bool may_block(const copy_run& run)
    {
        const copy_setup& setup = run.setup();
        switch (run.next().kind)
        {
        case action_kind::transfer:
            return run.next().by != method::copy_file_range &&
                   !(is_file(setup.source.kind) && is_file(setup.sink.kind));
        case action_kind::read_source:
            return !is_file(setup.source.kind);
        case action_kind::drain_pipe:
        case action_kind::write_buffer:
        case action_kind::write_memory:
        case action_kind::flush_sink:
            return !is_file(setup.sink.kind);
        default:
            return true;
        }
    }

    static void give_nothing(copy_run& run)
    {
        switch (run.next().kind)
        {
        case action_kind::transfer:
        case action_kind::fill_pipe:
        case action_kind::read_source:
            run.end_source_here();
            [[fallthrough]];
        case action_kind::drain_pipe:
        case action_kind::read_pipe:
        case action_kind::write_buffer:
        case action_kind::write_memory:
        case action_kind::probe_call:
            return run.step({});
        default:
            return;
        }
    }

    /// A request ends a wait, and a stream's own function; of another call it is seen afterwards.
    static void ask_to_stop(copy_run& run, event how, stop_request stop)
    {
        const action a = run.next();
        const bool waits = a.kind == action_kind::wait_source || a.kind == action_kind::wait_sink;
        if (waits || run.uses_stream(a))
            how = {.bytes = 0, .error = errno_code(ECANCELED)};
        run.step({.how = how, .stop = stop});
    }

    const scenario& scenario_;
    const std::vector<reply>& replies_;
    place where_;
    std::uint64_t source_holds_;
    std::size_t count_ = 0;
};

} // namespace

std::size_t replay(const scenario& of, const std::vector<reply>& replies, place where)
{
    return replayer{of, replies, where}.run();
}

} // namespace kernel_copy::test
