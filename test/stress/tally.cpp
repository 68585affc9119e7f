// Distributed under the Boost Software License, Version 1.0.
#include "tally.hpp"

#include <map>

namespace soak {

namespace {

// Names, not messages: those of the C library allocate for good.
std::string name_of(const kernel_copy::error_code& error)
{
    return error ? std::string{error.category().name()} + ':' + std::to_string(error.value()) : "success";
}

} // namespace

void tally::ended(const std::string& kind, const kernel_copy::error_code& how, std::uint64_t number,
                  std::chrono::steady_clock::duration took)
{
    const std::lock_guard lock{mutex_};
    const std::string name = name_of(how);
    for (outcome_count& o : outcomes_)
    {
        if (o.times == 0)
        {
            kind.copy(o.kind.data(), o.kind.size() - 1);
            name.copy(o.how.data(), o.how.size() - 1);
        }
        if (kind != o.kind.data() || name != o.how.data())
            continue;
        o.times += 1;
        break;
    }
    if (took > longest_)
    {
        longest_ = took;
        slowest_ = number;
    }
}

void tally::used(const kernel_copy::monitor& counters)
{
    for (std::size_t i = 0; i != kernel_copy::method_count; ++i)
    {
        const auto m = static_cast<kernel_copy::method>(i);
        bytes_by_[i] += counters.bytes(m);
        given_up_[i] += counters.given_up(m) ? 1u : 0u;
    }
    bytes += counters.delivered();
    waits_ += counters.waits();
    yields_ += counters.yields();
}

void tally::print(std::ostream& to) const
{
    const std::lock_guard lock{mutex_};
    std::uint64_t all = 0;
    std::map<std::string, std::string> lines;
    for (const outcome_count& o : outcomes_)
        if (o.times != 0)
        {
            lines[o.kind.data()] += std::string{"  "} + o.how.data() + ' ' + std::to_string(o.times);
            all += o.times;
        }
    for (const auto& [kind, outcomes] : lines)
        to << kind << ':' << outcomes << '\n';
    to << all << " transfers, " << bytes / (1024 * 1024) << " MiB delivered; " << waits_ << " waits, " << yields_
       << " yields; the slowest was number " << slowest_ << ": "
       << std::chrono::duration_cast<std::chrono::milliseconds>(longest_).count() << " ms\n"
       << cancellations << " cancellations, " << owner_closes << " ends closed by their owner; " << residues
       << " residues of " << bytes_of_residues << " bytes; " << resumptions << " resumptions, " << salvages
       << " into another sink\n"
       << peer_resets << " resets and " << peer_closes << " early closes by peers; " << contexts_destroyed
       << " contexts destroyed with " << dropped << " transfers; " << scarcities << " periods without descriptors, "
       << transfers_refused << " transfers that waited for one to open\n";
    for (std::size_t i = 0; i != kernel_copy::method_count; ++i)
        to << kernel_copy::to_string(static_cast<kernel_copy::method>(i)) << ": " << bytes_by_[i] / (1024 * 1024)
           << " MiB, given up " << given_up_[i] << (i + 1 == kernel_copy::method_count ? "\n" : "; ");
}

} // namespace soak
