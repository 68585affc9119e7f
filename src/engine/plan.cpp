// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/plan.hpp>

namespace kernel_copy::inline v0::detail {

namespace {

bool is_file_with_content(const end_facts& end) noexcept
{
    // A file that says it is empty may lie (procfs), and one read tells; nothing is gained by offloading it.
    return end.kind == end_kind::regular_file && end.size > 0;
}

bool has_pages(const end_facts& end) noexcept
{
    return is_file_with_content(end) || end.kind == end_kind::block_device;
}

bool suits_copy_file_range(const copy_setup& s) noexcept
{
    return is_file_with_content(s.source) && s.sink.kind == end_kind::regular_file;
}

bool suits_sendfile(const copy_setup& s) noexcept
{
    return has_pages(s.source) && s.sink.kind != end_kind::pipe;
}

// An unknown end may be a pipe. From an unknown source only a regular file is safe to splice to: any other
// sink could come to share the pages of what may be a file.
bool suits_splice(const copy_setup& s) noexcept
{
    const end_kind source = s.source.kind;
    const end_kind sink = s.sink.kind;
    if (source == end_kind::unknown)
        return sink == end_kind::regular_file;
    if (source == end_kind::pipe)
        return true;
    if (source == end_kind::regular_file && s.source.size == 0)
        return false;
    return sink == end_kind::pipe || (sink == end_kind::unknown && source != end_kind::other);
}

bool suits_splice_through_pipe(const copy_setup& s) noexcept
{
    return s.source.kind == end_kind::stream_socket &&
           (s.sink.kind == end_kind::regular_file || s.sink.kind == end_kind::stream_socket);
}

bool suits(const copy_setup& s, method m) noexcept
{
    if (m == method::buffer)
        return true;
    if (s.source.kind == end_kind::stream || s.sink.kind == end_kind::stream)
        return false;
    if (s.sink.append_only) // copy_file_range says EBADF, sendfile and splice say EINVAL
        return false;
    if (s.page_sharing == page_sharing::forbid && m != method::copy_file_range && !shares_no_pages(s.source, s.sink))
        return false;
    switch (m)
    {
    case method::copy_file_range:
        return suits_copy_file_range(s);
    case method::sendfile:
        return suits_sendfile(s);
    case method::splice:
        return suits_splice(s);
    default:
        return suits_splice_through_pipe(s);
    }
}

} // namespace

bool shares_no_pages(const end_facts& source, const end_facts& sink) noexcept
{
    // What comes out of a socket or a pipe was given away by who wrote it; what goes into a file or a
    // device is copied there.
    if (source.kind == end_kind::stream_socket || source.kind == end_kind::pipe)
        return true;
    return sink.kind == end_kind::regular_file || sink.kind == end_kind::block_device || sink.kind == end_kind::other;
}

method_plan make_plan(const copy_setup& setup)
{
    method_plan plan;
    for (const method m :
         {method::copy_file_range, method::sendfile, method::splice, method::splice_through_pipe, method::buffer})
    {
        const bool known_missing =
            setup.known_calls[static_cast<std::size_t>(call_behind(m))] == availability::unavailable;
        if (setup.methods.contains(m) && !known_missing && suits(setup, m))
            plan.add(m);
    }
    return plan;
}

} // namespace kernel_copy::inline v0::detail
