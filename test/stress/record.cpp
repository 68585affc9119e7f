// Distributed under the Boost Software License, Version 1.0.
#include "record.hpp"

#include <algorithm>
#include <cstdlib>
#include <iostream>

namespace soak {

namespace {

constexpr unsigned patience = 60; // looks of the watchdog

std::atomic<std::uint64_t> seed{0};
std::mutex one_fault;

[[noreturn]] void end_with_fault()
{
    std::cout.flush();
    std::cerr.flush();
    std::_Exit(1); // other threads are in the midst of their work
}

} // namespace

void record::add(const std::string& words)
{
    const std::lock_guard lock{mutex_};
    words_ += ' ';
    words_ += words;
}

std::uint64_t record::progress() const noexcept
{
    std::uint64_t sum = steps;
    for (const way& w : ways)
        sum += w.sent + w.received + w.monitor.taken() + w.monitor.delivered();
    return sum;
}

void record::print(std::ostream& to) const
{
    const std::lock_guard lock{mutex_};
    to << "transfer " << number << ':' << words_ << "\n  stage: " << stage_.load() << '\n';
    for (const way& w : ways)
    {
        const auto method = w.monitor.current();
        to << "  sent " << w.sent << ", taken " << w.monitor.taken() << ", delivered " << w.monitor.delivered()
           << " (handlers: " << w.delivered << "), received " << w.received << "; waits " << w.monitor.waits()
           << ", by " << (method ? kernel_copy::to_string(*method) : "nothing") << '\n';
    }
}

void fault(const record& at, const std::string& what)
{
    const std::lock_guard lock{one_fault};
    std::cerr << "soak: fault: " << what << "\n--seed " << seed << " --first " << at.number
              << " --transfers 1 --no-destruction\n";
    at.print(std::cerr);
    end_with_fault();
}

void fault(const std::string& what)
{
    const std::lock_guard lock{one_fault};
    std::cerr << "soak: fault: " << what << "\n--seed " << seed << '\n';
    end_with_fault();
}

void set_seed_of_faults(std::uint64_t to)
{
    seed = to;
}

std::shared_ptr<record> registry::add(std::uint64_t number)
{
    auto made = std::make_shared<record>(number);
    const std::lock_guard lock{mutex_};
    entries_.push_back({.what = made});
    return made;
}

void registry::remove(const std::shared_ptr<record>& which)
{
    const std::lock_guard lock{mutex_};
    std::erase_if(entries_, [&](const entry& e) { return e.what == which; });
    if (entries_.empty())
        entries_.shrink_to_fit();
}

void registry::look()
{
    const std::lock_guard lock{mutex_};
    for (entry& e : entries_)
    {
        const std::uint64_t now = e.what->progress();
        e.unchanged = now == e.progress ? e.unchanged + 1 : 0;
        e.progress = now;
        if (e.unchanged > patience)
            fault(*e.what, "nothing has moved for too long");
    }
}

} // namespace soak
