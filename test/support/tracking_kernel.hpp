// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_TRACKING_KERNEL_HPP
#define KERNEL_COPY_TEST_SUPPORT_TRACKING_KERNEL_HPP

#include <kernel_copy/detail/kernel.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <mutex>
#include <set>
#include <string>
#include <thread>

namespace test {

using kernel_copy::detail::call_result;

/// The system's kernel, which knows the descriptors that operations may use: those that the user has lent, until they
/// are closed, and what the library has made. A call on any other is a fault of the test, and so is what the library has
/// made and not closed. In place while it lives.
class tracking_kernel : public kernel_copy::detail::kernel
{
public:
    tracking_kernel() = default;
    tracking_kernel(const tracking_kernel&) = delete;
    tracking_kernel& operator=(const tracking_kernel&) = delete;
    ~tracking_kernel() override
    {
        BOOST_TEST(wrong_.empty(), wrong_);
        BOOST_TEST(made_.empty(), "the library has left " << made_.size() << " descriptors open");
    }

    /// The user's, for an operation to use.
    void lend(int number)
    {
        change([&] { lent_.insert(number); });
    }
    /// The user closes it now.
    void withdraw(int number)
    {
        change([&] { lent_.erase(number); });
    }
    /// No call moves more than that.
    void cut_to(std::uint64_t most) noexcept { most_ = most; }
    /// Called before each transfer that is not made by the thread that made this.
    std::function<void()> in_step{};

    call_result status(int fd, kernel_copy::detail::file_status& to) override
    {
        return check("fstat", {fd}), kernel::status(fd, to);
    }
    call_result access(int fd, kernel_copy::detail::file_access& to) override
    {
        return check("fcntl", {fd}), kernel::access(fd, to);
    }
    call_result position(int fd) override { return check("lseek", {fd}), kernel::position(fd); }
    call_result ready(int source, int sink) override
    {
        return check("poll", {source, sink}), kernel::ready(source, sink);
    }
    call_result look(int source) override { return check("look", {source}), kernel::look(source); }
    call_result pipe_capacity(int end) override { return check("F_GETPIPE_SZ", {end}), kernel::pipe_capacity(end); }
    call_result warm(int source, std::uint64_t offset, std::uint64_t length) override
    {
        return check("warm", {source}), kernel::warm(source, offset, length);
    }
    call_result find_data(int file, std::uint64_t offset) override
    {
        return check("find_data", {file}), kernel::find_data(file, offset);
    }
    call_result find_hole(int file, std::uint64_t offset) override
    {
        return check("find_hole", {file}), kernel::find_hole(file, offset);
    }
    call_result copy_file_range(int source, const std::uint64_t* at, int sink, std::uint64_t length) override
    {
        return kernel::copy_file_range(source, at, sink, step("copy_file_range", {source, sink}, length));
    }
    call_result sendfile(int source, const std::uint64_t* at, int sink, std::uint64_t length) override
    {
        return kernel::sendfile(source, at, sink, step("sendfile", {source, sink}, length));
    }
    call_result splice(int source, const std::uint64_t* at, int sink, std::uint64_t length) override
    {
        return kernel::splice(source, at, sink, step("splice", {source, sink}, length));
    }
    call_result read(int source, const std::uint64_t* at, void* to, std::uint64_t length) override
    {
        return kernel::read(source, at, to, step("read", {source}, length));
    }
    call_result read_if_ready(int source, const std::uint64_t* at, void* to, std::uint64_t length) override
    {
        return kernel::read_if_ready(source, at, to, step("read_if_ready", {source}, length));
    }
    call_result write(int sink, const void* from, std::uint64_t length) override
    {
        return kernel::write(sink, from, step("write", {sink}, length));
    }
    call_result receive(int source, void* to, std::uint64_t length) override
    {
        return kernel::receive(source, to, step("recv", {source}, length));
    }
    call_result send(int sink, const void* from, std::uint64_t length, bool more) override
    {
        return kernel::send(sink, from, step("send", {sink}, length), more);
    }
    call_result push(int sink) override { return check("push", {sink}), kernel::push(sink); }
    call_result move_back(int source, std::uint64_t length) override
    {
        return check("move_back", {source}), kernel::move_back(source, length);
    }
    call_result move_on(int file, std::uint64_t length) override
    {
        return check("move_on", {file}), kernel::move_on(file, length);
    }
    call_result clone(int source, std::uint64_t from, int sink, std::uint64_t to, std::uint64_t length) override
    {
        return check("clone", {source, sink}), kernel::clone(source, from, sink, to, length);
    }
    call_result punch(int sink, std::uint64_t offset, std::uint64_t length) override
    {
        return check("punch", {sink}), kernel::punch(sink, offset, length);
    }
    call_result extend(int sink, std::uint64_t size) override
    {
        return check("extend", {sink}), kernel::extend(sink, size);
    }
    call_result shutdown_send(int sink) override { return check("shutdown", {sink}), kernel::shutdown_send(sink); }
    call_result resize_pipe(int end, std::size_t capacity) override
    {
        return check("F_SETPIPE_SZ", {end}), kernel::resize_pipe(end, capacity);
    }
    call_result set_non_blocking(int fd) override { return check("F_SETFL", {fd}), kernel::set_non_blocking(fd); }

    call_result open_pipe(int (&ends)[2]) override
    {
        const call_result result = kernel::open_pipe(ends);
        if (result.error == 0)
            change([&] { made_.insert({ends[0], ends[1]}); });
        return result;
    }
    call_result duplicate(int fd) override { return check("F_DUPFD", {fd}), made(kernel::duplicate(fd)); }
    call_result reopen(int fd) override { return check("reopen", {fd}), made(kernel::reopen(fd)); }
    /// It becomes Asio's, which closes it.
    call_result open_watch(int fd, bool& for_writing) override
    {
        return check("watch", {fd}), kernel::open_watch(fd, for_writing);
    }
    void close(int fd) noexcept override
    {
        change([&] {
            if (made_.erase(fd) == 0)
                wrong_ += "close of " + std::to_string(fd) + ", which the library has not made. ";
        });
        kernel::close(fd);
    }

private:
    template <class Function>
    void change(Function function)
    {
        const std::lock_guard lock{mutex_};
        function();
    }

    call_result made(const call_result& result)
    {
        if (result.error == 0)
            change([&] { made_.insert(static_cast<int>(result.bytes)); });
        return result;
    }

    /// -1 is nobody's number.
    void check(const char* call, std::initializer_list<int> numbers)
    {
        change([&] {
            for (const int n : numbers)
                if (n != -1 && !lent_.contains(n) && !made_.contains(n))
                    wrong_ += std::string{call} + " on " + std::to_string(n) + ", which is another's. ";
        });
    }

    std::uint64_t step(const char* call, std::initializer_list<int> numbers, std::uint64_t length)
    {
        check(call, numbers);
        if (in_step && std::this_thread::get_id() != loop_)
            in_step();
        return std::min(length, most_);
    }

    std::thread::id loop_ = std::this_thread::get_id();
    std::uint64_t most_ = std::numeric_limits<std::uint64_t>::max();
    std::mutex mutex_{};
    std::set<int> lent_{};
    std::set<int> made_{};
    std::string wrong_{};
    kernel_copy::detail::kernel_replacement replaced_{*this};
};

} // namespace test

#endif
