// Distributed under the Boost Software License, Version 1.0.
#include "model.hpp"

#include "support/content.hpp"

#include <boost/asio/error.hpp>

#include <cerrno>
#include <set>

namespace test {

namespace {

using asio_stop = boost::asio::cancellation_type;

const std::set<std::string> transfers{"copy_file_range", "sendfile", "splice", "read", "recv",
                                      "read_if_ready",   "write",    "send"};

/// On what is there, these can't fail, and nothing could be done about it.
const std::set<std::string> never_fail{"set_non_blocking", "move_back", "move_on"};

/// What is asked, or tried, only for a better way.
const std::set<std::string> do_without{"fstat",       "fcntl",         "lseek",     "warm",      "duplicate", "reopen",
                                       "clone",       "punch",         "find_data", "find_hole", "extend",    "pipe",
                                       "resize_pipe", "pipe_capacity", "push",      "shutdown"};

bool only_delivers(const seen_call& call)
{
    return call.name == "write" || call.name == "send" || call.from_pipe;
}

/// Of what may be a file, and so is always ready.
bool can_block(const seen_call& call)
{
    const bool takes = call.name == "read" || call.name == "recv" || call.name == "read_if_ready" || call.to_pipe;
    if (call.name == "read" && call.from_pipe) // what it holds
        return false;
    if (call.name == "read_if_ready")
        return true;
    if (takes)
        return !call.from_file;
    if (only_delivers(call))
        return !call.to_file;
    return call.name != "copy_file_range" && !(call.from_file && call.to_file);
}

// S36, S37, S42, S43, B4, B7
bool says_try_otherwise(const std::string& name, int error)
{
    static const std::set<int> of_ranges{ENOSYS, EXDEV,  EINVAL, EPERM,   EOPNOTSUPP,
                                         EBADF,  EACCES, ENOENT, ETXTBSY, EOVERFLOW};
    static const std::set<int> of_splices{ENOSYS, EPERM, EINVAL};
    if (name == "copy_file_range")
        return of_ranges.contains(error);
    if (name == "sendfile")
        return of_splices.contains(error) || error == EOVERFLOW;
    return name == "splice" && of_splices.contains(error);
}

} // namespace

bool is_transfer(const seen_call& call)
{
    return transfers.contains(call.name);
}

consequence of_error(const seen_call& call, int error)
{
    if (never_fail.contains(call.name))
        return consequence::impossible;
    if (do_without.contains(call.name))
        return consequence::none;
    if (error == EAGAIN)
    {
        const bool is_look = call.name == "look";
        return is_look || (is_transfer(call) && can_block(call)) ? consequence::none : consequence::impossible;
    }
    if (call.name == "read_if_ready") // asked for a small file, which is then copied like others
        return consequence::either;
    return says_try_otherwise(call.name, error) ? consequence::none : consequence::failure;
}

consequence of_nothing(const seen_call& call)
{
    if (call.name == "poll" || call.name == "warm" || call.name == "read_if_ready")
        return consequence::none;
    if (call.name == "look")
        return consequence::end;
    if (!is_transfer(call))
        return consequence::impossible;
    if (call.name == "write" || call.name == "send")
        return consequence::failure;
    if (call.name == "read" || call.name == "recv")
        return call.from_pipe ? consequence::failure : consequence::end;
    // Of the others it is not believed (B6, P19, and invariant 7), but of a source that nothing else is known of.
    const bool is_believed = call.name == "splice" && !call.from_pipe && !call.to_pipe && !call.from_file;
    return is_believed ? consequence::end : consequence::none;
}

void model::was_told(const seen_call& call, int error)
{
    told_ = error != 0 ? of_error(call, error) : of_nothing(call);
    failure_ = error != 0       ? kernel_copy::error_code{error, boost::system::system_category()}
               : call.from_pipe ? kernel_copy::errc::returned_nothing
                                : kernel_copy::errc::sink_took_nothing;
    source_failed_ = told_ == consequence::failure && !only_delivers(call);
}

void model::may_be_helped()
{
    if (told_ == consequence::failure)
        told_ = consequence::either;
}

void model::was_stopped(asio_stop request, std::uint64_t taken, std::uint64_t most_later)
{
    stopped_ = request;
    taken_before_ = taken;
    most_later_ = most_later;
}

std::string model::judge(const aftermath& a) const
{
    if (!a.done)
        return "it hangs";
    const std::string bytes = judge_bytes(a);
    return !bytes.empty() ? bytes : judge_error(a);
}

std::string model::judge_bytes(const aftermath& a) const
{
    const auto number = [](std::uint64_t n) { return std::to_string(n); };
    if (a.arrived.size() != a.bytes)
        return number(a.bytes) + " bytes are reported, and " + number(a.arrived.size()) + " have arrived";
    if (a.arrived != whole_.substr(0, a.arrived.size()))
        return "what arrived is wrong at " + number(first_difference(a.arrived, whole_.substr(0, a.arrived.size())));
    if (a.delivered != a.bytes)
        return "the monitor says " + number(a.delivered) + " instead of " + number(a.bytes);
    if (a.taken < a.delivered || a.taken - a.delivered != a.residue.size())
        return "taken: " + number(a.taken) + ", delivered: " + number(a.delivered) +
               ", residue: " + number(a.residue.size());
    if (a.position)
        return *a.position == a.bytes ? "" : "the position is " + number(*a.position) + ", not " + number(a.bytes);
    const std::string all = a.arrived + a.residue + a.rest;
    if (all != whole_)
        return "arrived, residue and rest (" + number(a.arrived.size()) + ", " + number(a.residue.size()) + ", " +
               number(a.rest.size()) + ") are not the source: they differ at " + number(first_difference(all, whole_));
    return {};
}

bool model::may_be_stopped(const aftermath& a) const
{
    if (!stopped_ || a.error != boost::asio::error::operation_aborted)
        return false;
    if (*stopped_ == asio_stop::total)
        return taken_before_ == 0 && a.taken == 0;
    return *stopped_ == asio_stop::terminal || a.taken == a.delivered;
}

// Who has taken something need not hear of `total`.
bool model::is_deaf(const aftermath& a) const
{
    return stopped_ && *stopped_ != asio_stop::total && !a.error && a.taken > taken_before_ + most_later_;
}

std::string model::judge_ended(const aftermath& a) const
{
    const bool is_right = !a.error || a.error == boost::asio::error::operation_aborted ||
                          a.error == boost::asio::error::connection_reset; // its source, which the other wrote to
    if (!is_right)
        return "it ends with \"" + a.error.message() + "\", when the other way had failed";
    return a.taken == a.delivered ? "" : "it does not deliver what it had taken, when the other way had failed";
}

std::string model::judge_error(const aftermath& a) const
{
    if (may_be_stopped(a))
        return {};
    if (is_deaf(a))
        return "it does not hear the request to stop: " + std::to_string(a.taken - taken_before_) +
               " bytes are taken later";
    if (ended_by_other_)
        return judge_ended(a);
    const bool is_whole = a.bytes == whole_.size();
    if (source_failed_ && a.error == failure_ && a.taken != a.delivered)
        return "the source has failed, and " + std::to_string(a.taken - a.delivered) + " bytes are not delivered";
    const bool failed = told_ == consequence::failure || told_ == consequence::either;
    if (failed && a.error == failure_)
        return {};
    if (told_ == consequence::failure)
        return "it ends with \"" + a.error.message() + "\" instead of \"" + failure_.message() + '"';
    if (told_ == consequence::end && !is_whole)
    {
        const bool is_right = exact_ ? a.error == kernel_copy::errc::source_truncated : !a.error;
        return is_right ? "" : "it ends early with \"" + a.error.message() + '"';
    }
    if (a.error)
        return "it fails: " + a.error.message();
    return is_whole ? "" : "it ends well after " + std::to_string(a.bytes) + " bytes";
}

} // namespace test
