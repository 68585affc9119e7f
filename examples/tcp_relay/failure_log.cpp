// Distributed under the Boost Software License, Version 1.0.
#include "failure_log.hpp"

#include <iostream>

namespace kernel_copy::example {

void failure_log::report(const std::string& what)
{
    const std::lock_guard lock{mutex_};
    const auto now = clock::now();
    if (now < next_)
    {
        ++left_out_;
        return;
    }
    std::string line = "tcp_relay: " + what;
    if (left_out_ != 0)
        line += " (and " + std::to_string(left_out_) + " failures before)";
    line += '\n';
    std::cerr << line;
    next_ = now + std::chrono::seconds{1};
    left_out_ = 0;
}

} // namespace kernel_copy::example
