// Distributed under the Boost Software License, Version 1.0.
//
// Ends that are destroyed while they are waited for, whoever does it, with their numbers given to others at once.
#include "support/canary.hpp"
#include "support/disk_ends.hpp"
#include "support/tracking_kernel.hpp"

#include <kernel_copy/async_kernel_relay.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/mp11.hpp>

#include <functional>
#include <list>
#include <memory>
#include <stdexcept>

using namespace test;

namespace {

enum class waits_for : unsigned char
{
    source,
    sink
};
enum class destroyed : unsigned char
{
    source,
    sink,
    both
};
enum class culprit : unsigned char
{
    nobody_else,
    a_copy, ///< the handler of another one
    a_relay
};

/// Writes until there is no room.
void fill(int fd)
{
    const int flags = ::fcntl(fd, F_GETFL);
    ::fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    const std::string filler(4096, '-');
    while (::write(fd, filler.data(), filler.size()) > 0)
    {}
    ::fcntl(fd, F_SETFL, flags);
}

/// A context, and whoever ends when its peers do.
struct place_of_action
{
    void after(culprit who, std::function<void()> then)
    {
        if (who == culprit::nobody_else)
            return then();
        kernel.lend(one.first.native_handle());
        kernel.lend(two.first.native_handle());
        if (who == culprit::a_copy)
            kernel_copy::async_kernel_copy(one.first, two.first, [then](error_code, std::uint64_t) { then(); });
        else
            kernel_copy::async_kernel_relay(one.first, two.first,
                                            [then](error_code, const kernel_copy::relay_result&) { then(); });
        one.second.close();
        two.second.close();
    }

    tracking_kernel kernel{};
    std::list<canary> others{};
    asio::cancellation_signal signal{};
    asio::io_context io{};
    std::pair<local::socket, local::socket> one = local_pair(io);
    std::pair<local::socket, local::socket> two = local_pair(io);
};

/// An end on the heap, where a sanitizer sees who touches it later.
template <class End>
class mortal
{
public:
    mortal(place_of_action& on, End end) : on_{on}, end_{std::make_unique<End>(std::move(end))}
    {
        on_.kernel.lend(end_->native_handle());
    }
    End& operator*() const { return *end_; }
    void destroy()
    {
        const int number = end_->native_handle();
        on_.kernel.withdraw(number);
        end_.reset();
        on_.others.emplace_back(number);
    }

private:
    place_of_action& on_;
    std::unique_ptr<End> end_;
};

/// Of pairs of a source and its writer, or of a reader and its sink.
template <auto MakePair, bool WaitsApart = false>
struct kind
{
    static auto pair(asio::io_context& io) { return MakePair(io); }
    static constexpr bool waits_apart = WaitsApart; ///< its end does not end a wait for it
};
using kinds = boost::mp11::mp_list<kind<tcp_pair>, kind<local_pair>, kind<pipe_pair>, kind<asio_pipe_pair, true>>;
using all_pairs = boost::mp11::mp_rename<boost::mp11::mp_product<boost::mp11::mp_list, kinds, kinds>, std::tuple>;

template <class From, class To>
void destroy_while_it_waits(waits_for state, destroyed which, culprit who)
{
    place_of_action here;
    auto from = From::pair(here.io);
    auto to = To::pair(here.io);
    mortal source{here, std::move(from.first)};
    mortal sink{here, std::move(to.second)};
    if (state == waits_for::sink)
    {
        fill((*sink).native_handle());
        asio::write(from.second, asio::buffer(content(10'000)));
    }
    outcome result;
    kernel_copy::async_kernel_copy(
        *source, *sink,
        asio::bind_cancellation_slot(here.signal.slot(), [done = result.handler(), only = std::make_unique<int>(1)](
                                                             error_code e, std::uint64_t n) mutable { done(e, n); }));
    settle(here.io);
    BOOST_TEST(!result.done);
    here.after(who, [&] {
        if (which != destroyed::sink)
            source.destroy();
        if (which != destroyed::source)
            sink.destroy();
        // What else the copy waits for is not ended by that.
        const bool is_heard = (state == waits_for::source ? which != destroyed::sink && !From::waits_apart
                                                          : which != destroyed::source && !To::waits_apart);
        if (!is_heard)
            here.signal.emit(asio::cancellation_type::terminal);
    });
    run(here.io);
    BOOST_TEST(result.error == aborted);
    BOOST_TEST(result.bytes == 0u);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(destroying_ends, balance)

BOOST_AUTO_TEST_CASE_TEMPLATE(while_they_are_waited_for, Pair, all_pairs)
{
    for (const waits_for state : {waits_for::source, waits_for::sink})
        for (const destroyed which : {destroyed::source, destroyed::sink, destroyed::both})
            for (const culprit who : {culprit::nobody_else, culprit::a_copy, culprit::a_relay})
                BOOST_TEST_CONTEXT("waits for " << static_cast<int>(state) << ", destroyed: " << static_cast<int>(which)
                                                << ", by " << static_cast<int>(who))
                {
                    destroy_while_it_waits<boost::mp11::mp_first<Pair>, boost::mp11::mp_second<Pair>>(state, which,
                                                                                                      who);
                }
}

BOOST_AUTO_TEST_CASE(ends_of_a_relay_while_they_are_waited_for)
{
    for (const bool full : {false, true})
        for (const destroyed which : {destroyed::source, destroyed::sink, destroyed::both})
            for (const culprit who : {culprit::nobody_else, culprit::a_copy, culprit::a_relay})
                for (const bool is_timed : {false, true})
                {
                    if (full && which == destroyed::source) // nobody waits for that one
                        continue;
                    place_of_action here;
                    auto in = tcp_pair(here.io);
                    auto out = local_pair(here.io);
                    mortal a{here, std::move(in.first)};
                    mortal b{here, std::move(out.first)};
                    if (full)
                    {
                        fill((*b).native_handle());
                        asio::write(in.second, asio::buffer(content(10'000)));
                    }
                    bool done = false;
                    kernel_copy::async_kernel_relay(
                        *a, *b, {.idle_timeout = std::chrono::seconds{is_timed ? 60 : 0}},
                        [&, only = std::make_unique<int>(1)](error_code e, const kernel_copy::relay_result& r) {
                            done = true;
                            BOOST_TEST(e == aborted);
                            BOOST_TEST(r.a_to_b.bytes == 0u);
                        });
                    settle(here.io);
                    here.after(who, [&] {
                        if (which != destroyed::sink)
                            a.destroy();
                        if (which != destroyed::source)
                            b.destroy();
                    });
                    run(here.io);
                    BOOST_TEST(done);
                }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(by_the_copys_own_handler_which_throws, Pair, all_pairs)
{
    for (const bool throws : {false, true})
    {
        place_of_action here;
        auto from = boost::mp11::mp_first<Pair>::pair(here.io);
        auto to = boost::mp11::mp_second<Pair>::pair(here.io);
        mortal source{here, std::move(from.first)};
        mortal sink{here, std::move(to.second)};
        const auto alive = std::make_shared<int>();
        const std::string bytes = content(300'000);
        std::string arrived;
        feed(from.second, bytes);
        collect(to.first, arrived);
        bool done = false;
        kernel_copy::async_kernel_copy(*source, *sink,
                                       [&, alive, only = std::make_unique<int>(1)](error_code e, std::uint64_t n) {
                                           BOOST_TEST(!e);
                                           BOOST_TEST(n == bytes.size());
                                           done = true;
                                           source.destroy();
                                           sink.destroy();
                                           if (throws)
                                               throw std::runtime_error{"from a handler"};
                                       });
        if (throws)
            BOOST_CHECK_THROW(run(here.io), std::runtime_error);
        run(here.io); // goes on
        BOOST_TEST(done);
        BOOST_TEST(alive.use_count() == 1);
        CHECK_SAME_BYTES(arrived, bytes);
    }
}

BOOST_AUTO_TEST_CASE(by_the_relays_own_handler_which_throws)
{
    for (const bool throws : {false, true})
    {
        place_of_action here;
        auto in = tcp_pair(here.io);
        auto out = local_pair(here.io);
        mortal a{here, std::move(in.first)};
        mortal b{here, std::move(out.first)};
        const auto alive = std::make_shared<int>();
        const std::string bytes = content(300'000);
        std::string arrived;
        collect(out.second, arrived);
        asio::async_write(in.second, asio::buffer(bytes), [&](error_code, std::size_t) {
            in.second.shutdown(asio::socket_base::shutdown_send);
            out.second.shutdown(asio::socket_base::shutdown_send);
        });
        bool done = false;
        kernel_copy::async_kernel_relay(
            *a, *b, {.idle_timeout = std::chrono::seconds{60}},
            [&, alive, only = std::make_unique<int>(1)](error_code e, const kernel_copy::relay_result& r) {
                BOOST_TEST(!e);
                BOOST_TEST(r.a_to_b.bytes == bytes.size());
                done = true;
                a.destroy();
                b.destroy();
                if (throws)
                    throw std::runtime_error{"from a handler"};
            });
        if (throws)
            BOOST_CHECK_THROW(run(here.io), std::runtime_error);
        run(here.io);
        BOOST_TEST(done);
        BOOST_TEST(alive.use_count() == 1);
        CHECK_SAME_BYTES(arrived, bytes);
    }
}

BOOST_AUTO_TEST_CASE(a_handler_that_throws_behind_a_workers_step)
{
    for (const bool to_file : {false, true})
    {
        tracking_kernel kernel;
        asio::io_context io;
        const std::string bytes = content(300'000);
        disk_file_source source{io, bytes};
        disk_file_sink file{io};
        tcp_sink socket{io};
        kernel.lend(source.end().native_handle());
        kernel.lend(file.end().native_handle());
        kernel.lend(socket.end().native_handle());
        const auto alive = std::make_shared<int>();
        const auto handler = [&](error_code e, std::uint64_t n) {
            BOOST_TEST(!e);
            BOOST_TEST(n == bytes.size());
            throw std::runtime_error{"from a handler"};
        };
        const kernel_copy::copy_options options{.disk = disk::always};
        if (to_file)
            kernel_copy::async_kernel_copy(source.end(), file.end(), options,
                                           [handler, alive](error_code e, std::uint64_t n) { handler(e, n); });
        else
            kernel_copy::async_kernel_copy(source.end(), socket.end(), options,
                                           [handler, alive](error_code e, std::uint64_t n) { handler(e, n); });
        BOOST_CHECK_THROW(run_until(io, [] { return false; }), std::runtime_error);
        BOOST_TEST(alive.use_count() == 1);
        kernel.withdraw(socket.end().native_handle());
        socket.finish();
        run(io);
        CHECK_SAME_BYTES(to_file ? file.bytes() : socket.bytes(), bytes);
    }
}

BOOST_AUTO_TEST_SUITE_END()
