// Distributed under the Boost Software License, Version 1.0.
//
// One copy between real ends: arbitrary peers, options, requests to stop and failures of the kernel.
#include "conversation.hpp"
#include "copy_session.hpp"

#include <kernel_copy.hpp>
#include <support/opaque_stream.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <sys/socket.h>

namespace kernel_copy::test {

namespace {

namespace asio = boost::asio;
using local = asio::local::stream_protocol;
using any_stream = asio::generic::stream_protocol;
using ::test::opaque_stream;

// Each pair of types is compiled anew, so few stand for many: a descriptor finds out what it is.
using descriptor = asio::posix::stream_descriptor;
using socket = any_stream::socket;

template <class Source, class Sink>
void copy(copy_session& s, Source& source, Sink& sink)
{
    async_kernel_copy(source, sink, s.options(), copy_session::handler{&s});
    s.run();
}

template <class Source, class Sink>
void wrap(copy_session& s, Source& source, Sink& sink)
{
    switch (s.input().around)
    {
    case wrapping::none:
        return copy(s, source, sink);
    case wrapping::limited:
    {
        auto inner = kernel_copy::take(source, s.input().inner);
        auto view = kernel_copy::take(kernel_copy::prefixed(asio::dynamic_buffer(s.prefix()), inner), s.input().outer);
        copy(s, view, sink);
        return s.check_limits(view.limit(), inner.limit());
    }
    case wrapping::owed:
    {
        auto before = kernel_copy::prefixed(asio::dynamic_buffer(s.prefix()), source);
        auto view = kernel_copy::exactly(before, s.input().outer);
        copy(s, view, sink);
        return s.check_limit(view.limit());
    }
    }
}

template <class Sink>
void copy_range(copy_session& s, Sink sink)
{
    const copy_input& input = s.input();
    file whole{s.io().get_executor(), s.take_source().release()};
    s.close_source = [&whole] { whole.close(); };
    s.close_sink = [&sink] { sink.close(); };
    auto range = input.range_length == no_limit ? file_range(whole, input.offset)
                                                : file_range(whole, input.offset, input.range_length);
    wrap(s, range, sink);
    s.check_range(range.offset(), range.length());
}

template <bool IsWrapped, class Source, class Sink>
void copy_whole(copy_session& s, Source source, Sink sink)
{
    s.close_source = [&source] { source.close(); };
    s.close_sink = [&sink] { sink.close(); };
    if constexpr (IsWrapped)
        wrap(s, source, sink);
    else
        copy(s, source, sink);
}

void choose_ends(copy_session& s)
{
    const copy_input& input = s.input();
    const auto source = [&] { return s.take_source().release(); };
    const auto sink = [&] { return s.take_sink().release(); };
    const auto stream = [&](int fd) { return opaque_stream{local::socket{s.io(), local{}, fd}}; };
    const any_stream protocol{input.over_tcp ? AF_INET : AF_UNIX, 0};
    if (input.source == form::range)
    {
        if (input.sink == form::socket)
            return copy_range(s, socket{s.io(), protocol, sink()});
        return copy_range(s, descriptor{s.io(), sink()}); // an opaque one too
    }
    if (input.source == form::opaque && input.sink == form::opaque)
        return copy_whole<false>(s, stream(source()), stream(sink()));
    if (input.source == form::opaque)
        return copy_whole<false>(s, stream(source()), descriptor{s.io(), sink()});
    if (input.sink == form::opaque)
        return copy_whole<true>(s, descriptor{s.io(), source()}, stream(sink()));
    if (input.source == form::socket && input.sink == form::socket && input.around == wrapping::none)
        return copy_whole<false>(s, socket{s.io(), any_stream{AF_UNIX, 0}, source()}, socket{s.io(), protocol, sink()});
    copy_whole<true>(s, descriptor{s.io(), source()}, descriptor{s.io(), sink()});
}

class copy_conversation : public conversation
{
public:
    using conversation::conversation;

    void run()
    {
        static const wire_pair first = tcp_wires(); // what listens stays open
        const auto before = open_wires();
        {
            copy_input input = decide_copy_input(from_);
            if (is_traced())
                trace(describe(input));
            copy_session session{std::move(input), from_, [this](const std::string& what) { trace(what); }};
            choose_ends(session);
        }
        require(open_wires() == before, "other descriptors are open than before");
    }
};

} // namespace

} // namespace kernel_copy::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    return kernel_copy::test::have<kernel_copy::test::copy_conversation>(data, size);
}
