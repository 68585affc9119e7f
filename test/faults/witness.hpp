// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FAULTS_WITNESS_HPP
#define KERNEL_COPY_TEST_FAULTS_WITNESS_HPP

#include "model.hpp"

#include "support/fake_kernel.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace test {

/// Something that goes wrong in one of an operation's calls.
struct fault
{
    enum class kind : unsigned char
    {
        none,
        error,   ///< the call is not made, and answered with `error`
        nothing, ///< the call is not made, and answered with 0
        few,     ///< the call is made for a single byte
        stop     ///< the user asks for an end meanwhile
    };

    kind what = kind::none;
    std::size_t at = 0; ///< the call's index
    int error = 0;
    boost::asio::cancellation_type request = boost::asio::cancellation_type::none;
};

std::string to_string(const fault& f);

/// A kernel in which one thing goes wrong, and that knows what moved. In place while it lives. Calls move no more than a
/// part of what they are asked for, as a kernel may do at any time.
class witness : public fake_kernel
{
public:
    /// What happens in which call is told to `hears`. The requests of the user come from the context's thread, by
    /// `signal`.
    witness(const fault& f, boost::asio::io_context& io, boost::asio::cancellation_signal& signal);

    /// Which of the two ends are files.
    void files(bool source, bool sink) noexcept
    {
        source_is_file_ = source;
        sink_is_file_ = sink;
    }
    void cut_to(std::uint64_t most) noexcept { most_ = most; }

    /// Told of the answer that is not the truth, with the descriptors of the call.
    std::function<void(const seen_call& call, int source, int sink, int error)> on_fault{};
    std::function<void(std::uint64_t taken)> on_stop{};

    /// Did the fault happen? If not, it is impossible, or there is no such call.
    [[nodiscard]] bool happened() const noexcept { return happened_; }

    call_result copy_file_range(int source, const std::uint64_t* at, int sink, std::uint64_t length) override;
    call_result sendfile(int source, const std::uint64_t* at, int sink, std::uint64_t length) override;
    call_result splice(int source, const std::uint64_t* at, int sink, std::uint64_t length) override;
    call_result read(int source, const std::uint64_t* at, void* to, std::uint64_t length) override;
    call_result read_if_ready(int source, const std::uint64_t* at, void* to, std::uint64_t length) override;
    call_result receive(int source, void* to, std::uint64_t length) override;
    call_result write(int sink, const void* from, std::uint64_t length) override;
    call_result send(int sink, const void* from, std::uint64_t length, bool more) override;
    call_result ready(int source, int sink) override;
    call_result look(int source) override;
    call_result move_back(int source, std::uint64_t length) override;
    call_result open_pipe(int (&ends)[2]) override;
    call_result set_non_blocking(int fd) override;

private:
    using call_for = std::function<call_result(std::uint64_t length)>;

    /// A call that this thread makes.
    struct present_call
    {
        int source = -1;
        int sink = -1;
        bool is_part_of_another = false;
    };

    /// `make` makes the call, `ask` does so unless something else is to happen.
    call_result watch(int source, int sink, std::uint64_t length, const call_for& make, const call_for& ask);
    [[nodiscard]] seen_call see(const std::string& name) const;
    answer answer_instead(const std::string& name);
    void stop(std::size_t index);
    [[nodiscard]] bool is_pipe(int fd) const;
    static const present_call*& here() noexcept;

    fault fault_;
    boost::asio::io_context& io_;
    boost::asio::cancellation_signal& signal_;
    std::thread::id loop_ = std::this_thread::get_id();
    std::uint64_t most_ = std::numeric_limits<std::uint64_t>::max();
    bool source_is_file_ = false;
    bool sink_is_file_ = false;
    std::atomic<bool> happened_{false};
    std::atomic<std::uint64_t> taken_{0};
    mutable std::mutex pipes_mutex_{};
    std::set<int> pipes_{};
    kernel_copy::detail::kernel_replacement replaced_{*this};
};

/// An operation, as often as it takes: first with nothing wrong, then with one fault in each of its calls. `once` does
/// it, and says whether it could, and at first the names of the calls. Gives the number of replays.
std::size_t replay(const std::string& name,
                   const std::function<bool(const fault& f, std::vector<std::string>& calls)>& once);

} // namespace test

#endif
