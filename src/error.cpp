// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/error.hpp>
#include <kernel_copy/method.hpp>

#include <string>

namespace kernel_copy::inline v0 {

namespace {

class category final : public boost::system::error_category
{
public:
    const char* name() const noexcept override { return "kernel_copy"; }

    std::string message(int value) const override
    {
        switch (static_cast<errc>(value))
        {
        case errc::source_truncated:
            return "the source ended before the promised number of bytes";
        case errc::no_method_available:
            return "none of the allowed methods can copy between these ends";
        case errc::overlapping_copy:
            return "source and sink are overlapping ranges of one file";
        case errc::sink_took_nothing:
            return "the sink accepted no bytes and reported no error";
        case errc::returned_nothing:
            return "the call moved no bytes and reported no error";
        }
        return "unknown kernel_copy error";
    }
};

} // namespace

const boost::system::error_category& error_category() noexcept
{
    static const category instance;
    return instance;
}

const char* to_string(method m) noexcept
{
    switch (m)
    {
    case method::copy_file_range:
        return "copy_file_range";
    case method::sendfile:
        return "sendfile";
    case method::splice:
        return "splice";
    case method::splice_through_pipe:
        return "splice through a pipe";
    case method::buffer:
        return "buffer";
    }
    return "?";
}

} // namespace kernel_copy::inline v0
