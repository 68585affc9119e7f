// Distributed under the Boost Software License, Version 1.0.
#include "witness.hpp"

#include "support/sanitized.hpp"
#include "support/system.hpp"

#include <boost/asio/post.hpp>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <future>
#include <iterator>
#include <memory>
#include <utility>

namespace test {

namespace {

using boost::asio::cancellation_type;

/// What may mean that the call, not the copy, can't go on; and what means no more than that it has failed.
constexpr int telling_errors[] = {EINVAL, ENOSYS, EPERM, EOVERFLOW, EXDEV, EBADF, EOPNOTSUPP};
constexpr int plain_errors[] = {EIO, EPIPE, ECONNRESET, ENOSPC, EMFILE, ENOMEM, EFBIG};

/// Stands for the call with a single byte, which is made when nobody is waiting for it.
constexpr call_result few_wanted{.bytes = 0, .error = -1};

/// To a question they are all the same.
constexpr int few_errors[] = {EPERM, EAGAIN, ENOMEM};

/// The telling ones only where they are heard; of those that are all the same, others in each call.
std::vector<int> errors_of_transfer(const std::string& name, std::size_t at)
{
    std::vector<int> all{EAGAIN, plain_errors[at % std::size(plain_errors)]};
    if (name == "copy_file_range" || name == "sendfile" || name == "splice")
        all.insert(all.end(), std::begin(telling_errors), std::end(telling_errors));
    else
        all.push_back(telling_errors[at % std::size(telling_errors)]);
    return all;
}

/// What is to be tried in a call of this name.
std::vector<fault> faults_in(const std::string& name, std::size_t at)
{
    using enum fault::kind;
    std::vector<fault> all;
    const bool moves = is_transfer({.name = name});
    if (moves)
    {
        for (const int e : errors_of_transfer(name, at))
            all.push_back({.what = error, .at = at, .error = e});
        all.push_back({.what = few, .at = at});
    }
    else
        for (const int e : few_errors)
            all.push_back({.what = error, .at = at, .error = e});
    all.push_back({.what = nothing, .at = at});
    for (const auto request : {cancellation_type::total, cancellation_type::partial, cancellation_type::terminal})
        all.push_back({.what = stop, .at = at, .request = request});
    if (!sanitized)
        return all;
    // That takes ten times as long, and looks at memory, which any of many shows it.
    std::vector<fault> some;
    static std::size_t n = 0;
    for (const fault& f : all)
        if (++n % 5 == 0)
            some.push_back(f);
    return some;
}

/// Of so many calls, the first ones and a part of the rest.
std::vector<std::size_t> spread(std::size_t calls)
{
    std::vector<std::size_t> which;
    for (std::size_t i = 0; i < calls; i += i < 40 ? 1 : 7)
        which.push_back(i);
    return which;
}

} // namespace

std::string to_string(const fault& f)
{
    const std::string where = " in call " + std::to_string(f.at);
    switch (f.what)
    {
    case fault::kind::error:
        return std::string{"\""} + std::strerror(f.error) + '"' + where;
    case fault::kind::nothing:
        return "0 bytes" + where;
    case fault::kind::few:
        return "a single byte" + where;
    case fault::kind::stop:
        return "a request " + std::to_string(static_cast<unsigned>(f.request)) + where;
    default:
        return "no fault";
    }
}

std::size_t replay(const std::string& name,
                   const std::function<bool(const fault& f, std::vector<std::string>& calls)>& once)
{
    std::size_t replays = 0;
    std::vector<std::string> calls;
    if (!once({}, calls))
        return 0;
    for (const std::size_t k : spread(calls.size()))
    {
        const std::size_t before = open_descriptors();
        for (const fault& f : faults_in(calls[k], k))
            replays += once(f, calls) ? 1u : 0u;
        if (open_descriptors() != before)
            BOOST_ERROR(name + ": descriptors are left after the faults of call " + std::to_string(k));
    }
    return replays;
}

witness::witness(const fault& f, boost::asio::io_context& io, boost::asio::cancellation_signal& signal)
    : fault_{f}, io_{io}, signal_{signal}
{
    instead = [this](const std::string& name, std::size_t, std::uint64_t) -> answer {
        return calls.size() == fault_.at + 1 ? answer_instead(name) : std::nullopt;
    };
    meanwhile = [this](std::size_t index) {
        if (fault_.what == fault::kind::stop && index == fault_.at)
            stop(index);
    };
}

const witness::present_call*& witness::here() noexcept
{
    thread_local const present_call* call = nullptr;
    return call;
}

bool witness::is_pipe(int fd) const
{
    const std::lock_guard lock{pipes_mutex_};
    return pipes_.contains(fd);
}

seen_call witness::see(const std::string& name) const
{
    seen_call call{.name = name};
    if (here() == nullptr)
        return call;
    call.from_pipe = is_pipe(here()->source);
    call.to_pipe = is_pipe(here()->sink);
    call.from_file = source_is_file_ && here()->source != -1 && !call.from_pipe;
    call.to_file = sink_is_file_ && here()->sink != -1 && !call.to_pipe;
    return call;
}

witness::answer witness::answer_instead(const std::string& name)
{
    const seen_call call = see(name);
    const bool is_part = here() != nullptr && here()->is_part_of_another;
    const auto tell = [&](int error) -> answer {
        const consequence c = error != 0 ? of_error(call, error) : of_nothing(call);
        if (c == consequence::impossible || is_part)
            return std::nullopt;
        happened_ = true;
        on_fault(call, here() != nullptr ? here()->source : -1, here() != nullptr ? here()->sink : -1, error);
        return call_result{.bytes = 0, .error = error};
    };
    switch (fault_.what)
    {
    case fault::kind::error:
        return tell(fault_.error);
    case fault::kind::nothing:
        return tell(0);
    case fault::kind::few:
        if (!is_transfer(call) || here() == nullptr || is_part)
            return std::nullopt;
        happened_ = true;
        return few_wanted;
    default:
        return std::nullopt;
    }
}

// By the thread of the context, as signals are emitted; the call goes on when that is done.
void witness::stop(std::size_t)
{
    happened_ = true;
    const auto emit = [this] {
        on_stop(taken_);
        signal_.emit(fault_.request);
    };
    if (std::this_thread::get_id() == loop_)
        return emit();
    const auto emitted = std::make_shared<std::promise<void>>();
    boost::asio::post(io_, [emit, emitted] {
        emit();
        emitted->set_value();
    });
    emitted->get_future().wait_for(std::chrono::seconds{10});
}

call_result witness::watch(int source, int sink, std::uint64_t length, const call_for& make, const call_for& ask)
{
    const present_call call{.source = source, .sink = sink, .is_part_of_another = here() != nullptr};
    const present_call* const outer = std::exchange(here(), &call);
    call_result result = ask(std::min(length, most_));
    if (result.error == few_wanted.error)
        result = make(1);
    here() = outer;
    if (source != -1 && !is_pipe(source))
        taken_ += result.bytes;
    return result;
}

call_result witness::copy_file_range(int source, const std::uint64_t* at, int sink, std::uint64_t length)
{
    return watch(
        source, sink, length, [=, this](std::uint64_t n) { return kernel::copy_file_range(source, at, sink, n); },
        [=, this](std::uint64_t n) { return fake_kernel::copy_file_range(source, at, sink, n); });
}

call_result witness::sendfile(int source, const std::uint64_t* at, int sink, std::uint64_t length)
{
    return watch(
        source, sink, length, [=, this](std::uint64_t n) { return kernel::sendfile(source, at, sink, n); },
        [=, this](std::uint64_t n) { return fake_kernel::sendfile(source, at, sink, n); });
}

call_result witness::splice(int source, const std::uint64_t* at, int sink, std::uint64_t length)
{
    return watch(
        source, sink, length, [=, this](std::uint64_t n) { return kernel::splice(source, at, sink, n); },
        [=, this](std::uint64_t n) { return fake_kernel::splice(source, at, sink, n); });
}

call_result witness::read(int source, const std::uint64_t* at, void* to, std::uint64_t length)
{
    return watch(
        source, -1, length, [=, this](std::uint64_t n) { return kernel::read(source, at, to, n); },
        [=, this](std::uint64_t n) { return fake_kernel::read(source, at, to, n); });
}

call_result witness::read_if_ready(int source, const std::uint64_t* at, void* to, std::uint64_t length)
{
    return watch(
        source, -1, length, [=, this](std::uint64_t n) { return kernel::read_if_ready(source, at, to, n); },
        [=, this](std::uint64_t n) { return fake_kernel::read_if_ready(source, at, to, n); });
}

call_result witness::receive(int source, void* to, std::uint64_t length)
{
    return watch(
        source, -1, length, [=, this](std::uint64_t n) { return kernel::receive(source, to, n); },
        [=, this](std::uint64_t n) { return fake_kernel::receive(source, to, n); });
}

call_result witness::write(int sink, const void* from, std::uint64_t length)
{
    return watch(
        -1, sink, length, [=, this](std::uint64_t n) { return kernel::write(sink, from, n); },
        [=, this](std::uint64_t n) { return fake_kernel::write(sink, from, n); });
}

call_result witness::send(int sink, const void* from, std::uint64_t length, bool more)
{
    return watch(
        -1, sink, length, [=, this](std::uint64_t n) { return kernel::send(sink, from, n, more); },
        [=, this](std::uint64_t n) { return fake_kernel::send(sink, from, n, more); });
}

call_result witness::ready(int source, int sink)
{
    const present_call call{.source = source, .sink = sink};
    const present_call* const outer = std::exchange(here(), &call);
    const call_result result = fake_kernel::ready(source, sink);
    here() = outer;
    return result;
}

call_result witness::look(int source)
{
    const present_call call{.source = source};
    const present_call* const outer = std::exchange(here(), &call);
    const call_result result = fake_kernel::look(source);
    here() = outer;
    return result;
}

call_result witness::move_back(int source, std::uint64_t length)
{
    const call_result result = fake_kernel::move_back(source, length);
    taken_ -= result.error == 0 ? length : 0;
    return result;
}

call_result witness::open_pipe(int (&ends)[2])
{
    const call_result result = fake_kernel::open_pipe(ends);
    const std::lock_guard lock{pipes_mutex_};
    if (result.error == 0)
        pipes_.insert({ends[0], ends[1]});
    return result;
}

call_result witness::set_non_blocking(int fd)
{
    const present_call call{.is_part_of_another = true};
    const present_call* const outer = std::exchange(here(), &call);
    const call_result result = fake_kernel::set_non_blocking(fd);
    here() = outer;
    return result;
}

} // namespace test
