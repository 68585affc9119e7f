// Distributed under the Boost Software License, Version 1.0.
#include "statistics.hpp"

#include <algorithm>

namespace benchmark {

double median(std::vector<double> values)
{
    std::sort(values.begin(), values.end());
    const std::size_t n = values.size();
    return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

} // namespace benchmark
