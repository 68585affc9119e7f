// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_STRESS_COPY_TRANSFER_HPP
#define KERNEL_COPY_TEST_STRESS_COPY_TRANSFER_HPP

#include "books.hpp"
#include "start.hpp"
#include "transfer.hpp"

#include <cstdint>
#include <string>

#include <unistd.h>

namespace soak {

enum class end_kind
{
    tcp,
    local,
    own,
    pipe,
    file
};

end_kind draw_kind(draw& d);

/// A file that a copy writes, seen through a descriptor of one's own.
class written_file
{
public:
    written_file() = default;
    written_file(const written_file&) = delete;
    written_file& operator=(const written_file&) = delete;
    ~written_file() { reset(); }

    void reset()
    {
        if (descriptor != -1)
            ::close(descriptor);
        descriptor = -1;
    }

    int descriptor = -1;
    std::uint64_t begin = 0; ///< in the file
};

/// A copy from one end to another, and on into a third one if that fails.
class copy_transfer : public transfer
{
public:
    copy_transfer(site& s, asio::io_context& io, std::uint64_t number)
        : transfer{s, io, number}, source_kind_{draw_kind(draw_)},
          sink_kind_{draw_kind(draw_)}, size_{draw_.one_in(20) ? 0 : draw_.any_size(1, s.with.most_bytes)},
          speaker_{*record_, other_strand()}, hearer_{*record_, other_strand()}
    {}

private:
    void open(draw d) override;
    void start_peers() override;
    asio::awaitable<error_code> work() override;
    void check_peers() override;
    std::string kind() const override;

    void open_source(draw& d);
    void open_sink(draw& d);
    void open_file_sink(draw& d, bool append);
    void draw_manners(draw& d);
    void draw_view(draw& d);

    kernel_copy::copy_options options();
    [[nodiscard]] bool speaks() const { return source_kind_ != end_kind::file; }
    [[nodiscard]] bool is_owed() const
    {
        return view_.how == reading::exactly || (view_.how == reading::range && view_.limit != never);
    }

    void check(const outcome<std::uint64_t>& how, const movement& moved, std::uint64_t limit_before);
    void check_success();
    void check_source(const movement& moved, std::uint64_t limit_before);
    [[nodiscard]] bool is_excused(const error_code& error) const;
    [[nodiscard]] bool source_has_ended() const;
    bool goes_on(const error_code& error);
    bool salvages(const error_code& error);

    end_kind source_kind_;
    end_kind sink_kind_;
    std::uint64_t size_; ///< what the source has to give
    peer speaker_;
    peer hearer_;
    manner speech_{};
    manner hearing_{};
    reading view_{};
    books books_{*record_, record_->ways[0], site_.counts};
    bool appends_ = false;
    std::uint64_t file_begin_ = 0; ///< of the source in its file
    written_file written_{};
    std::uint64_t sink_begin_ = 0; ///< of the present sink in the stream
    std::uint64_t heard_to_ = 0;   ///< what the peer of the first sink was sent
    bool needs_pipe_ = false;      ///< the pool may have none to give
    std::uint64_t scarcity_before_ = 0;
    std::uint64_t operations_ = 0;
};

} // namespace soak

#endif
