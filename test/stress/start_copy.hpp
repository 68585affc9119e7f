// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_START_COPY_HPP
#define KERNEL_COPY_TEST_STRESS_START_COPY_HPP

#include "start.hpp"

#include <kernel_copy.hpp>

#include <type_traits>
#include <variant>

namespace soak {

/// What is in memory, whichever it is, as a buffer for prefixed(): each type of one takes the compiler long.
class front_buffer
{
public:
    explicit front_buffer(memory_in_front& of) : of_{of} {}
    [[nodiscard]] std::size_t size() const { return data().size(); }
    [[nodiscard]] asio::const_buffer data() const
    {
        return of_.rest.empty() ? asio::buffer(std::as_const(of_.header)) : asio::const_buffer{of_.rest.data()};
    }
    void consume(std::size_t n)
    {
        if (of_.rest.empty())
            of_.header.erase(0, n);
        else
            of_.rest.consume(n);
    }

private:
    memory_in_front& of_;
};

/// A view is named, so that its limit can be asked for afterwards.
template <class View, class Sink>
void start_named(View made, reading& how, memory_in_front& memory, Sink& sink, const kernel_copy::copy_options& with,
                 copy_completion handler)
{
    auto view = std::make_shared<View>(std::move(made));
    how.read_back = [view, &how] {
        if constexpr (requires { view->limit(); })
            how.limit = view->limit();
        else
        {
            how.limit = view->length();
            how.offset = view->offset();
        }
    };
    kernel_copy::async_kernel_copy(kernel_copy::prefixed(front_buffer{memory}, *view), sink, with, std::move(handler));
}

template <class Source, class Sink>
void start_plain(bool is_prefixed, memory_in_front& memory, Source& source, Sink& sink,
                 const kernel_copy::copy_options& with, copy_completion handler)
{
    if (is_prefixed)
        kernel_copy::async_kernel_copy(kernel_copy::prefixed(front_buffer{memory}, source), sink, with,
                                       std::move(handler));
    else
        kernel_copy::async_kernel_copy(source, sink, with, std::move(handler));
}

/// One function for each kind of source, each in a file of its own.
template <class Source>
void start_copy_from(reading& how, memory_in_front& memory, Source& source, end& to,
                     const kernel_copy::copy_options& with, copy_completion handler)
{
    std::visit(
        [&](auto& sink) {
            if constexpr (!std::is_same_v<decltype(sink), std::monostate&>)
                switch (how.how)
                {
                case reading::plain:
                    start_plain(how.is_prefixed, memory, source, sink, with, std::move(handler));
                    break;
                case reading::take:
                    start_named(kernel_copy::take(source, how.limit), how, memory, sink, with, std::move(handler));
                    break;
                case reading::exactly:
                    start_named(kernel_copy::exactly(source, how.limit), how, memory, sink, with, std::move(handler));
                    break;
                case reading::range:
                    if constexpr (std::is_same_v<Source, kernel_copy::file>)
                        start_named(kernel_copy::file_range(source, how.offset, how.limit), how, memory, sink, with,
                                    std::move(handler));
                    break;
                }
        },
        to);
}

extern template void start_copy_from(reading&, memory_in_front&, socket&, end&, const kernel_copy::copy_options&,
                                     copy_completion);
extern template void start_copy_from(reading&, memory_in_front&, own_stream&, end&, const kernel_copy::copy_options&,
                                     copy_completion);
extern template void start_copy_from(reading&, memory_in_front&, descriptor&, end&, const kernel_copy::copy_options&,
                                     copy_completion);
extern template void start_copy_from(reading&, memory_in_front&, kernel_copy::file&, end&,
                                     const kernel_copy::copy_options&, copy_completion);

} // namespace soak

#endif
