// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FAULTS_MODEL_HPP
#define KERNEL_COPY_TEST_FAULTS_MODEL_HPP

#include <kernel_copy/error.hpp>

#include <boost/asio/cancellation_type.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace test {

// What a copy may do when a call of it goes wrong, from the documentation alone: the engine has no part in this.

/// A call, as it is seen from outside.
struct seen_call
{
    std::string name{};
    bool from_pipe = false; ///< one of the library's own
    bool to_pipe = false;
    bool from_file = false; ///< else from the source: is that a file?
    bool to_file = false;
};

/// What an answer that is not the truth may lead to.
enum class consequence : unsigned char
{
    impossible, ///< no kernel answers so
    none,       ///< the copy goes on, by other means perhaps, and ends well
    failure,    ///< the copy ends with this error
    either,     ///< one of these two
    end         ///< it counts as the end of the source
};

consequence of_error(const seen_call& call, int error);
consequence of_nothing(const seen_call& call);
/// Moves bytes, and could move fewer.
bool is_transfer(const seen_call& call);

/// What is left when all is over.
struct aftermath
{
    bool done = false;
    kernel_copy::error_code error{};
    std::uint64_t bytes = 0;
    std::uint64_t taken = 0; ///< as the monitor has it
    std::uint64_t delivered = 0;
    std::string arrived{};                   ///< at the sink
    std::string residue{};                   ///< what was taken and not delivered
    std::string rest{};                      ///< what is still in the source
    std::optional<std::uint64_t> position{}; ///< of a source that has one, instead
};

/// One way from a source to a sink.
class model
{
public:
    explicit model(std::string whole, bool exact = false) : whole_{std::move(whole)}, exact_{exact} {}

    /// An answer that is not the truth: 0 bytes, if there is no error.
    void was_told(const seen_call& call, int error);
    /// Who tried what failed tries again otherwise: a file with holes, a small range.
    void may_be_helped();
    /// The other way of a relay has failed: this one delivers what it has taken, and ends with it wherever it is.
    void was_ended() { ended_by_other_ = true; }
    [[nodiscard]] bool has_failed(const kernel_copy::error_code& error) const
    {
        return told_ == consequence::failure && error == failure_;
    }
    /// The user has asked for an end, when so much had been taken; from then on no more than so much may be taken.
    void was_stopped(boost::asio::cancellation_type request, std::uint64_t taken, std::uint64_t most_later);

    /// What is wrong; nothing if all is well.
    [[nodiscard]] std::string judge(const aftermath& a) const;

private:
    [[nodiscard]] std::string judge_bytes(const aftermath& a) const;
    [[nodiscard]] std::string judge_ended(const aftermath& a) const;
    [[nodiscard]] std::string judge_error(const aftermath& a) const;
    [[nodiscard]] bool may_be_stopped(const aftermath& a) const;
    [[nodiscard]] bool is_deaf(const aftermath& a) const;

    std::string whole_;
    bool exact_; ///< to end early is an error
    consequence told_ = consequence::none;
    kernel_copy::error_code failure_{};
    bool source_failed_ = false;
    std::optional<boost::asio::cancellation_type> stopped_{};
    std::uint64_t taken_before_ = 0; ///< when the end was asked for
    std::uint64_t most_later_ = 0;
    bool ended_by_other_ = false;
};

} // namespace test

#endif
