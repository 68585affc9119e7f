// Distributed under the Boost Software License, Version 1.0.
#include "books.hpp"

#include "support/residues.hpp"

namespace soak {

void books::open(const stream_content& what, std::uint64_t header_size)
{
    content_ = what;
    header.clear();
    while (header.size() != header_size)
        header += content_.at(header.size(), header_size - header.size());
}

bool books::begin()
{
    if (!header.empty() && !rest.empty()) // what was taken while the header was being delivered
    {
        header += test::text_of(rest);
        rest.clear();
    }
    taken_before_ = way_.monitor.taken();
    delivered_before_ = way_.monitor.delivered();
    drained_before_ = way_.monitor.drained();
    header_before_ = header.size();
    rest_before_ = rest.size();
    return has_memory();
}

movement books::end(std::uint64_t said)
{
    const movement m{.taken = way_.monitor.taken() - taken_before_,
                     .delivered = way_.monitor.delivered() - delivered_before_,
                     .from_source = way_.monitor.taken() - taken_before_ - (way_.monitor.drained() - drained_before_)};
    const std::uint64_t drained = m.taken - m.from_source;
    const std::uint64_t left = m.taken - m.delivered; // a file that is still open is given it back
    if (m.delivered != said)
        fault(record_,
              "the handler is told " + std::to_string(said) + ", and the monitor " + std::to_string(m.delivered));
    expect(m.taken >= m.delivered, record_, "more was delivered than taken");
    expect(drained <= m.delivered, record_, "more was drained than delivered");
    expect(header.size() == header_before_ - (header_before_ != 0 ? drained : 0), record_,
           "the header has not shrunk by what was delivered of it");
    delivered_ += m.delivered;
    from_source_ += m.from_source;
    way_.delivered = delivered_;
    expect(rest.size() == rest_before_ - (rest_before_ != 0 ? drained : 0) + left, record_,
           "the residue is not what was taken and not delivered");
    tally_.residues += left != 0 ? 1u : 0u;
    tally_.bytes_of_residues += left;
    check_memory();
    return m;
}

void books::check_memory() const
{
    expect(content_.is(delivered_, header), record_, "what is left of the header does not follow what was delivered");
    expect(content_.is(delivered_ + header.size(), test::text_of(rest)), record_,
           "the residue does not follow what was delivered");
}

} // namespace soak
