// Distributed under the Boost Software License, Version 1.0.
#include "copy_session.hpp"

#include <support/scenario.hpp>

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace kernel_copy::test {

namespace {

constexpr char filler = 'x';

} // namespace

copy_session::copy_session(copy_input input, decisions& from, std::function<void(const std::string&)> trace)
    : input_{std::move(input)}, from_{from}, trace_{std::move(trace)}, loop_{from, input_.has_files()},
      prefix_{input_.prefix}
{
    input_.options.monitor = &counters_;
    input_.options.residue = &rest_;
    make_source();
    make_sink();
    source_is_ = source_.get();
}

void copy_session::make_source()
{
    if (input_.from_file())
    {
        source_ = file_wire(input_.said);
        source_file_ = wire{::dup(source_.get())};
        if (input_.source == form::file)
            ::lseek(source_.get(), static_cast<off_t>(input_.offset), SEEK_SET);
        return;
    }
    wire_pair ends = input_.source == form::pipe ? pipe_wires() : socket_wires();
    source_ = std::move(ends.first);
    source_peer_ = std::move(ends.second);
}

void copy_session::make_sink()
{
    if (input_.sink == form::file)
    {
        sink_ = file_wire(std::string(static_cast<std::size_t>(input_.sink_held), filler));
        sink_file_ = wire{::dup(sink_.get())};
        ::lseek(sink_.get(), static_cast<off_t>(input_.sink_at), SEEK_SET);
        if (input_.appends)
            ::fcntl(sink_.get(), F_SETFL, O_APPEND);
        return;
    }
    wire_pair ends = input_.sink == form::pipe                        ? pipe_wires()
                     : input_.over_tcp && input_.sink == form::socket ? tcp_wires()
                                                                      : socket_wires();
    sink_peer_ = std::move(ends.first);
    sink_ = std::move(ends.second);
    if (input_.small_sink)
        make_small(sink_.get());
}

void copy_session::completes(error_code error, std::uint64_t bytes)
{
    require(!std::exchange(done_, true), "completes twice");
    error_ = error;
    bytes_ = bytes;
    trace_("done: " + std::to_string(bytes) + " bytes, " + error.message());
}

void copy_session::run()
{
    require(!done_, "completes inside the initiating function");
    const bool may_skip = input_.from_file() && input_.sink == form::file; // holes cost nothing
    if (!input_.has_files() || (input_.options.disk == disk::inline_ && !may_skip))
        loop_.keep_budget(counters_, input_.options.turn_budget);
    while (!from_.empty() && !done_)
        act();
    trace_("to the end");
    loop_.run_until(done_, [this] { return move_peers(); });
    trace_("at the end; taken " + std::to_string(counters_.taken()) + loop_.kernel().describe());
    loop_.check_over();
    heard_ += hear_the_rest();
    check();
}

void copy_session::act()
{
    const unsigned what = from_.byte();
    if (what < 96)
        return run_handlers(1 + what / 8);
    if (what < 144)
        return say(from_.number());
    if (what < 192)
        return hear(from_.number());
    if (what < 200)
        return end_source();
    if (what < 206)
    {
        trace_("the peer of the sink closes");
        sink_peer_closed_ = sink_peer_closed_ || sink_peer_.is_open();
        return sink_peer_.close();
    }
    if (what < 224)
        return cancel(what % 3);
    if (what < 228)
    {
        trace_("the source is closed");
        source_closed_ = true;
        source_is_ = -1;
        return std::exchange(close_source, [] {})();
    }
    if (what < 232)
    {
        trace_("the sink is closed");
        sink_closed_ = true;
        return std::exchange(close_sink, [] {})();
    }
    run_handlers(1000);
}

void copy_session::run_handlers(unsigned most)
{
    unsigned n = 0;
    while (n != most && !done_ && loop_.run_one())
        ++n;
    trace_(std::to_string(n) + " handlers; taken " + std::to_string(counters_.taken()) + ", delivered " +
           std::to_string(counters_.delivered()));
}

// A pipe that nobody can read any more is not written to: that signals.
void copy_session::say(std::uint64_t most)
{
    if (source_closed_ || input_.from_file())
        return;
    const std::string_view rest = std::string_view{input_.said}.substr(static_cast<std::size_t>(said_), most);
    const std::size_t n = source_peer_.write(rest);
    said_ += n;
    trace_("said " + std::to_string(n));
}

void copy_session::end_source()
{
    trace_("the peer of the source closes");
    source_peer_.close();
}

void copy_session::hear(std::uint64_t most)
{
    const std::string bytes = sink_peer_.read(most);
    trace_("heard " + std::to_string(bytes.size()));
    heard_ += bytes;
}

void copy_session::cancel(unsigned which)
{
    using boost::asio::cancellation_type;
    trace_("asked for stop " + std::to_string(which));
    (which == 0 ? asked_total_ : which == 1 ? asked_partial_ : asked_terminal_) = true;
    signal_.emit(which == 0   ? cancellation_type::total
                 : which == 1 ? cancellation_type::partial
                              : cancellation_type::terminal);
}

bool copy_session::move_peers()
{
    const std::uint64_t before = said_ + heard_.size();
    say(no_limit);
    if (said_ == input_.said.size() && source_peer_.is_open())
        end_source();
    hear(no_limit);
    return said_ + heard_.size() != before;
}

std::uint64_t copy_session::given_by_source() const
{
    return input_.from_file() ? no_limit : said_;
}

// TCP brings it when it does.
std::string copy_session::hear_the_rest() const
{
    std::string rest;
    while (sink_peer_.is_open() && heard_.size() + rest.size() < bytes_)
    {
        const std::string more = input_.over_tcp ? sink_peer_.read_soon(bytes_) : sink_peer_.read(bytes_);
        if (more.empty())
            break;
        rest += more;
    }
    return rest;
}

void copy_session::check() const
{
    check_counts();
    check_residue(rest_, input_.promised(given_by_source()), bytes_, counters_.taken(),
                  loop_.kernel().has_lied_about("read"));
    check_arrived();
    check_rest_of_source();
    check_outcome();
}

void copy_session::check_counts() const
{
    require(counters_.delivered() == bytes_, "the monitor says another count");
    require(counters_.taken() >= bytes_, "delivered more than was taken");
    require(counters_.drained() == std::min<std::uint64_t>(bytes_, input_.prefix.size()), "drained is wrong");
    require(prefix_ == input_.prefix.substr(static_cast<std::size_t>(counters_.drained())),
            "the prefix is not what is left of it");
    std::uint64_t by_methods = counters_.drained();
    for (const method m :
         {method::copy_file_range, method::sendfile, method::splice, method::splice_through_pipe, method::buffer})
    {
        // What a pipe holds that can't be spliced out of it is delivered all the same.
        const bool may_read_pipe = m == method::buffer && loop_.kernel().has_lied_about("splice");
        require(counters_.bytes(m) == 0 || input_.options.methods.contains(m) || may_read_pipe,
                "uses a method that it must not");
        by_methods += counters_.bytes(m);
    }
    require(by_methods == bytes_, "the methods' counts do not add up");
}

void copy_session::check_arrived() const
{
    const std::string promised = input_.promised(given_by_source());
    require(bytes_ <= promised.size(), "more is delivered than was promised");
    const std::string expected = promised.substr(0, static_cast<std::size_t>(bytes_));
    if (input_.sink == form::file)
        return require(in_sink_file() == expected, "other bytes are in the file than were promised");
    require(heard_ == expected.substr(0, heard_.size()), "other bytes have arrived than were promised");
    const bool may_lose = sink_peer_closed_ || (sink_closed_ && input_.over_tcp);
    require(heard_.size() == bytes_ || (may_lose && heard_.size() < bytes_),
            std::to_string(bytes_) + " bytes are said to be delivered, and " + std::to_string(heard_.size()) + " are");
}

std::string copy_session::in_sink_file() const
{
    const auto begin = static_cast<std::size_t>(input_.appends ? input_.sink_held : input_.sink_at);
    std::string all = content_of(sink_file_.get());
    require(all.size() >= begin + bytes_, "the file is too short");
    const bool clean = !loop_.kernel().has_lied();
    require(!clean || all.size() == std::max(begin + bytes_, input_.sink_held), "the file is too long");
    require(all.find_first_not_of(filler) >= begin, "what was in the file before is gone");
    require(!clean || all.find_first_not_of(filler, begin + bytes_) == std::string::npos,
            "what was in the file behind is gone");
    const bool knows = !input_.appends && !loop_.kernel().has_lied_about("move_on");
    const auto position = static_cast<std::uint64_t>(::lseek(sink_file_.get(), 0, SEEK_CUR));
    require(!knows || position == begin + bytes_, "the sink's position is wrong");
    return all.substr(begin, bytes_);
}

void copy_session::check_rest_of_source() const
{
    if (input_.from_file())
    {
        if (source_closed_ || loop_.kernel().has_lied_about("move_back") || loop_.kernel().has_lied_about("move_on"))
            return;
        require(counters_.taken() == bytes_, "bytes of a file were not given back");
        const auto position = static_cast<std::uint64_t>(::lseek(source_file_.get(), 0, SEEK_CUR));
        const std::uint64_t expected = input_.source == form::range ? 0 : input_.offset + taken_from_source();
        return require(position == expected, "the source's position is wrong");
    }
    if (source_closed_)
        return;
    wire source{source_is_};
    const std::string left = source.read(input_.said.size() + 1);
    static_cast<void>(source.release()); // it is its object's
    const std::string said = input_.said.substr(0, static_cast<std::size_t>(said_));
    require(said.substr(static_cast<std::size_t>(taken_from_source())) == left,
            "what is left in the source is not what was not taken");
}

// What an operation between honest ends on an honest kernel ends with.
void copy_session::check_outcome() const
{
    const std::string promised = input_.promised(given_by_source());
    // A source that is said to be at its end may be believed.
    require(error_ || bytes_ == promised.size() || source_closed_ || loop_.kernel().has_said_nothing(),
            "ends well before the end");
    const bool disturbed = loop_.kernel().has_lied() || source_closed_ || sink_closed_ || sink_peer_closed_;
    if (disturbed || !input_.options.methods.contains(method::buffer))
        return;
    const bool aborted = error_ == boost::asio::error::operation_aborted;
    if (aborted)
    {
        require(asked_total_ || asked_partial_ || asked_terminal_, "ends as if it had been asked to");
        require(asked_terminal_ || counters_.taken() == bytes_, "a partial stop has left bytes behind");
        return require(asked_terminal_ || asked_partial_ || bytes_ == 0, "a total stop after the first byte");
    }
    require(bytes_ == promised.size(), "ends before the end: " + error_.message());
    const bool reached = input_.around != wrapping::none && bytes_ == input_.outer;
    const bool inner_reached = input_.around == wrapping::limited && taken_from_source() == input_.inner;
    const bool owes_range =
        input_.source == form::range && input_.range_length != no_limit && taken_from_source() != input_.range_length;
    const bool owes = !reached && (input_.around == wrapping::owed || (!inner_reached && owes_range));
    require(error_ == (owes ? error_code{errc::source_truncated} : error_code{}), "a wrong end: " + error_.message());
}

void copy_session::check_limit(std::uint64_t outer_left) const
{
    require(outer_left == input_.outer - counters_.taken(), "the outer limit is wrong");
}

void copy_session::check_limits(std::uint64_t outer_left, std::uint64_t inner_left) const
{
    check_limit(outer_left);
    require(inner_left == input_.inner - taken_from_source(), "the inner limit is wrong");
}

void copy_session::check_range(std::uint64_t offset, std::uint64_t length) const
{
    require(offset == input_.offset + taken_from_source(), "the offset of the range is wrong");
    const bool is_none = input_.range_length == no_limit;
    require(length == (is_none ? no_limit : input_.range_length - taken_from_source()), "the range's length is wrong");
}

} // namespace kernel_copy::test
