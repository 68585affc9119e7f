// Distributed under the Boost Software License, Version 1.0.
#include "copy_transfer.hpp"

#include <boost/system/system_error.hpp>

#include <algorithm>

#include <fcntl.h>

namespace soak {

namespace {

constexpr end_kind all_kinds[] = {end_kind::tcp, end_kind::local, end_kind::own, end_kind::pipe, end_kind::file};
constexpr const char* kind_names[] = {"tcp", "unix", "stream", "pipe", "file"};

[[noreturn]] void fail_for_want_of_descriptors()
{
    throw boost::system::system_error{system_error(EMFILE)};
}

} // namespace

end_kind draw_kind(draw& d)
{
    return d.of(all_kinds);
}

std::string copy_transfer::kind() const
{
    return std::string{"copy "} + kind_names[static_cast<int>(source_kind_)] + " to " +
           kind_names[static_cast<int>(sink_kind_)];
}

void copy_transfer::open(draw d)
{
    first_ = {};
    second_ = {};
    written_.reset();
    open_source(d);
    open_sink(d);
    draw_manners(d);
    draw_view(d);
}

void copy_transfer::open_source(draw& d)
{
    std::uint64_t header = d.one_in(4) ? d.any_size(1, 100'000) : 0;
    stream_content content{.bytes = test::endless{record_->number}};
    if (source_kind_ == end_kind::file)
    {
        const files::one& f = site_.sources.any(d);
        file_begin_ = d.one_in(2) ? 0 : d.below(f.size + 1);
        size_ = f.size - file_begin_;
        header = std::min(header, file_begin_);
        content = f.content;
        content.begin = file_begin_ - header;
        const bool is_range = d.one_in(3);
        view_.how = is_range ? reading::range : reading::plain;
        view_.offset = file_begin_;
        kernel_copy::file opened{ends_run_on_};
        if (is_range) // it shares the position with others
            opened = kernel_copy::file{ends_run_on_, ::fcntl(f.opened, F_DUPFD_CLOEXEC, 0)};
        else
            opened.open(f.path.c_str(), kernel_copy::file::read_only);
        if (!opened.is_open())
            fail_for_want_of_descriptors();
        if (!is_range)
            opened.seek(static_cast<std::int64_t>(file_begin_), kernel_copy::file::seek_set);
        if (d.one_in(4)) // cold, if the file system knows the difference
            static_cast<void>(::posix_fadvise(opened.native_handle(), 0, 0, POSIX_FADV_DONTNEED));
        first_ = std::move(opened);
    }
    else if (source_kind_ == end_kind::pipe)
    {
        auto ends = make_pipe(ends_run_on_, speaker_.strand(), d);
        first_ = std::move(ends.first);
        speaker_.take(std::move(ends.second));
    }
    else
    {
        auto ends = connect(source_kind_ == end_kind::tcp || (source_kind_ == end_kind::own && d.one_in(2)),
                            ends_run_on_, speaker_.strand(), d);
        speaker_.take(std::move(ends.second));
        if (source_kind_ == end_kind::own)
            first_.emplace<own_stream>(std::move(ends.first),
                                       std::max<std::uint64_t>(d.any_size(1, 1 << 18), size_ / 1000));
        else
            first_ = std::move(ends.first);
    }
    books_.open(content, header);
}

void copy_transfer::open_sink(draw& d)
{
    if (sink_kind_ == end_kind::file)
        open_file_sink(d, d.one_in(6));
    else if (sink_kind_ == end_kind::pipe)
    {
        auto ends = make_pipe(hearer_.strand(), ends_run_on_, d);
        hearer_.take(std::move(ends.first));
        second_ = std::move(ends.second);
    }
    else
    {
        auto ends = connect(sink_kind_ == end_kind::tcp || (sink_kind_ == end_kind::own && d.one_in(2)), ends_run_on_,
                            hearer_.strand(), d);
        hearer_.take(std::move(ends.second));
        if (sink_kind_ == end_kind::own)
            second_.emplace<own_stream>(std::move(ends.first),
                                        std::max<std::uint64_t>(d.any_size(1, 1 << 18), size_ / 1000));
        else
            second_ = std::move(ends.first);
    }
}

void copy_transfer::open_file_sink(draw& d, bool append)
{
    appends_ = append;
    kernel_copy::file made{ends_run_on_, site_.sources.create(d, record_->number, append)};
    written_.descriptor = ::fcntl(made.native_handle(), F_DUPFD_CLOEXEC, 0);
    if (written_.descriptor == -1)
        fail_for_want_of_descriptors();
    written_.begin = append || d.one_in(2) ? 0 : d.below(100'000);
    made.seek(static_cast<std::int64_t>(written_.begin), kernel_copy::file::seek_set);
    second_ = std::move(made);
}

void copy_transfer::draw_manners(draw& d)
{
    speech_ = draw_manner(d, size_);
    switch (d.below(8))
    {
    case 0:
        speech_.ending = manner::resets;
        speech_.says = d.below(size_ + 1);
        break;
    case 1:
    case 2:
        speech_.ending = manner::closes;
        break;
    case 3:
        speech_.ending = manner::stays;
        speech_.says = d.below(size_ + 1);
        break;
    default:
        break;
    }
    hearing_ = draw_manner(d, size_);
    if (sink_kind_ != end_kind::file && d.one_in(8))
    {
        hearing_.hears_until = d.below(size_ + 1);
        hearing_.hears_to_reset = d.one_in(2);
    }
}

void copy_transfer::draw_view(draw& d)
{
    const std::uint64_t limit = d.one_in(2) ? d.below(size_ + 1) : d.one_in(2) ? size_ : size_ + d.between(1, 1000);
    if (view_.how == reading::range)
        view_.limit = d.one_in(3) ? never : limit;
    else if (d.one_in(3))
    {
        view_.how = d.one_in(2) ? reading::take : reading::exactly;
        view_.limit = limit;
    }
    std::string words;
    for (const std::string& w :
         {"size " + std::to_string(size_), "view " + std::to_string(view_.how) + '/' + std::to_string(view_.limit),
          "header " + std::to_string(books_.header.size()),
          "speech " + std::to_string(speech_.says) + '/' + std::to_string(speech_.ending),
          "hears until " + std::to_string(hearing_.hears_until)})
        words += w + ", ";
    record_->add(words);
}

} // namespace soak
