// Distributed under the Boost Software License, Version 1.0.
//
// One relay between real ends: arbitrary peers, options, requests to stop and failures of the kernel.
#include "conversation.hpp"
#include "relay_session.hpp"

#include <kernel_copy.hpp>
#include <support/opaque_stream.hpp>

#include <boost/asio/buffer.hpp>

namespace kernel_copy::test {

namespace {

namespace asio = boost::asio;
using local = asio::local::stream_protocol;
using ::test::opaque_stream;

template <class A, class B>
void relay(relay_session& s, A a, B b)
{
    s.close_end[0] = [&a] { a.close(); };
    s.close_end[1] = [&b] { b.close(); };
    auto before = kernel_copy::prefixed(asio::dynamic_buffer(s.prefix()), a);
    if (s.has_prefix())
        async_kernel_relay(before, b, s.options(), relay_session::handler{&s});
    else
        async_kernel_relay(a, b, s.options(), relay_session::handler{&s});
    s.run();
}

void choose_ends(relay_session& s)
{
    const auto socket = [&](unsigned char at) { return local::socket{s.io(), local{}, s.take_end(at).release()}; };
    if (s.is_opaque(0))
        relay(s, opaque_stream{socket(0)}, socket(1));
    else if (s.is_opaque(1))
        relay(s, socket(0), opaque_stream{socket(1)});
    else
        relay(s, socket(0), socket(1));
}

class relay_conversation : public conversation
{
public:
    using conversation::conversation;

    void run()
    {
        const auto before = open_wires();
        {
            relay_session session{from_, [this](const std::string& what) { trace(what); }};
            choose_ends(session);
        }
        require(open_wires() == before, "other descriptors are open than before");
    }
};

} // namespace

} // namespace kernel_copy::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    return kernel_copy::test::have<kernel_copy::test::relay_conversation>(data, size);
}
