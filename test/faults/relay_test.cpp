// Distributed under the Boost Software License, Version 1.0.
//
// Every call of a relay goes wrong in every way, once.
#include "copy_replay.hpp"

#include <kernel_copy/async_kernel_relay.hpp>

#include <array>

using namespace test;
using kernel_copy::method;
using kernel_copy::method_set;

namespace {

/// An end of a relay and its peer, which says all that it has to say, and listens to the end.
template <auto MakePair>
class talking_link
{
public:
    talking_link(asio::io_context& io, const std::string& says) : ends_{MakePair(io)}
    {
        asio::async_write(ends_.second, asio::buffer(says), [this](error_code, std::size_t) {
            error_code gone;
            ends_.second.shutdown(asio::socket_base::shutdown_send, gone);
        });
        collect(ends_.second, heard);
    }
    auto& end() { return ends_.first; }
    /// Reads what the relay has left, and closes.
    void finish()
    {
        asio::async_read(ends_.first, asio::dynamic_buffer(rest),
                         [this](error_code, std::size_t) { ends_.first.close(); });
    }

    std::string heard{};
    std::string rest{};

private:
    decltype(MakePair(std::declval<asio::io_context&>())) ends_;
};

template <class Link>
class relay_replay
{
public:
    explicit relay_replay(method_set methods) : methods_{methods} {}

    std::size_t run()
    {
        return replay("relay", [this](const fault& f, std::vector<std::string>& calls) { return once(f, calls); });
    }

private:
    static constexpr std::uint64_t turn = 16'384;
    static constexpr std::uint64_t most_at_once = 12'000;
    /// A turn is not interrupted, and each side may have a call under way.
    static constexpr std::uint64_t most_later = turn + 2 * most_at_once;

    /// What is expected of both ways, and what came of them.
    struct expectations
    {
        expectations(const std::string& out, const std::string& back) : ways{model{out}, model{back}} {}

        /// A fault in the call of one way may end the other.
        void told(const seen_call& call, std::size_t way, int error)
        {
            ways[way].was_told(call, error);
            const consequence c = error != 0 ? of_error(call, error) : of_nothing(call);
            if (c == consequence::failure)
                ways[1 - way].was_ended();
            failed = c == consequence::failure ? std::optional{way} : std::nullopt;
        }
        void stopped(asio::cancellation_type request, std::uint64_t taken)
        {
            for (model& way : ways)
                way.was_stopped(request, taken, most_later);
        }
        [[nodiscard]] std::string judge(const error_code& error) const
        {
            for (std::size_t way : {0u, 1u})
                if (const std::string wrong = ways[way].judge(seen[way]); !wrong.empty())
                    return (way == 0 ? "out: " : "back: ") + wrong;
            const bool any = seen[0].error || seen[1].error;
            if (error.failed() != any)
                return "the relay says \"" + error.message() + "\", and one of its ways otherwise";
            if (failed && error == asio::error::operation_aborted)
                return "the relay does not tell the first error";
            return !failed || ways[*failed].has_failed(error) ? "" : "the relay says \"" + error.message() + '"';
        }

        std::array<model, 2> ways;
        std::array<aftermath, 2> seen{};
        std::optional<std::size_t> failed{};
    };

    bool once(const fault& f, std::vector<std::string>& calls)
    {
        static const std::string out = content(80'000);
        static const std::string back = content(70'000, 1'000'000);
        asio::io_context io;
        asio::cancellation_signal signal;
        witness kernel{f, io, signal};
        kernel.cut_to(most_at_once);
        expectations expected{out, back};
        error_code error;
        Link a{io, out};
        Link b{io, back};
        const int first = a.end().native_handle();
        kernel.on_fault = [&](const seen_call& call, int source, int sink, int number) {
            const bool is_out = source != -1 && !call.from_pipe ? source == first : sink != first;
            expected.told(call, is_out ? 0 : 1, number);
        };
        kernel.on_stop = [&](std::uint64_t taken) { expected.stopped(f.request, taken); };
        relay(io, signal, a, b, expected, error);
        if (f.what == fault::kind::none)
            calls = kernel.calls;
        else if (!kernel.happened())
            return false;
        std::string wrong = expected.judge(error);
        if (wrong.empty() && kernel.count() > 3 * calls.size() + 100)
            wrong = "it takes " + std::to_string(kernel.count()) + " calls";
        if (!wrong.empty())
            BOOST_ERROR(to_string(f) + (calls.size() > f.at ? " (" + calls[f.at] + ')' : "") + ": " + wrong);
        return true;
    }

    void relay(asio::io_context& io, asio::cancellation_signal& signal, Link& a, Link& b, expectations& expected,
               error_code& error) const
    {
        kernel_copy::monitor counters[2];
        kernel_copy::residue residues[2];
        kernel_copy::relay_result result;
        bool done = false;
        const kernel_copy::copy_options way{
            .methods = methods_, .turn_budget = turn, .pipe_capacity = 128 * 1024, .buffer_size = 4096};
        kernel_copy::relay_options options{.a_to_b = way, .b_to_a = way};
        options.a_to_b.monitor = &counters[0];
        options.b_to_a.monitor = &counters[1];
        options.a_to_b.residue = &residues[0];
        options.b_to_a.residue = &residues[1];
        kernel_copy::async_kernel_relay(
            a.end(), b.end(), options,
            asio::bind_cancellation_slot(signal.slot(), [&](error_code e, const kernel_copy::relay_result& r) {
                done = true;
                error = e;
                result = r;
            }));
        if (!runs_until(io, [&] { return done; }))
            return;
        for (aftermath& seen : expected.seen)
            seen.done = true;
        a.finish();
        b.finish();
        io.restart();
        io.run_for(std::chrono::seconds{10});
        look(expected.seen[0], result.a_to_b, counters[0], b.heard, a.rest);
        look(expected.seen[1], result.b_to_a, counters[1], a.heard, b.rest);
        for (const std::size_t i : {0u, 1u})
            expected.seen[i].residue = text_of(residues[i]);
        BOOST_TEST(io.stopped(), "what is left of the sources has no end");
    }

    static void look(aftermath& seen, const kernel_copy::relay_direction& direction,
                     const kernel_copy::monitor& counters, const std::string& heard, const std::string& rest)
    {
        seen.error = direction.error;
        seen.bytes = direction.bytes;
        seen.taken = counters.taken();
        seen.delivered = counters.delivered();
        seen.arrived = heard;
        seen.rest = rest;
    }

    method_set methods_;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(faults_of_relays, descriptor_balance)

using links = std::tuple<talking_link<tcp_pair>, talking_link<local_pair>>;

BOOST_AUTO_TEST_CASE_TEMPLATE(both_ways, Link, links)
{
    std::size_t replays = 0;
    for (const method_set& methods : {method_set{}, method_set{method::buffer}})
        replays += relay_replay<Link>{methods}.run();
    BOOST_TEST(replays > 0u);
    BOOST_TEST_MESSAGE(replays << " replays");
}

BOOST_AUTO_TEST_SUITE_END()
