// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_FAKE_KERNEL_HPP
#define KERNEL_COPY_TEST_SUPPORT_FAKE_KERNEL_HPP

#include <kernel_copy/detail/kernel.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace test {

using kernel_copy::detail::call_result;

/// The system's kernel, with a log of the calls and a chance to answer in its place.
class fake_kernel : public kernel_copy::detail::kernel
{
public:
    using answer = std::optional<call_result>;

    /// Asked before each call with its name, how often that was called before, and the length; an answer stands
    /// for the call, which is not made.
    std::function<answer(const std::string& call, std::size_t before, std::uint64_t length)> instead{};
    /// Called in each call that is made, with the number of those before it, in the thread that makes it: what else
    /// happens meanwhile.
    std::function<void(std::size_t index)> meanwhile{};

    [[nodiscard]] std::size_t count(const std::string& call) const
    {
        const auto found = counts_.find(call);
        return found == counts_.end() ? 0 : found->second;
    }
    [[nodiscard]] std::size_t count() const { return calls.size(); }
    [[nodiscard]] std::uint64_t largest(const std::string& call) const
    {
        const auto found = largest_.find(call);
        return found == largest_.end() ? 0 : found->second;
    }

    std::vector<std::string> calls{};

    call_result status(int fd, kernel_copy::detail::file_status& to) override
    {
        return ask("fstat", 0, [&] { return kernel::status(fd, to); });
    }
    call_result access(int fd, kernel_copy::detail::file_access& to) override
    {
        return ask("fcntl", 0, [&] { return kernel::access(fd, to); });
    }
    call_result position(int fd) override
    {
        return ask("lseek", 0, [&] { return kernel::position(fd); });
    }
    call_result ready(int source, int sink) override
    {
        return ask("poll", 0, [&] { return kernel::ready(source, sink); });
    }
    call_result look(int source) override
    {
        return ask("look", 0, [&] { return kernel::look(source); });
    }
    call_result copy_file_range(int source, const std::uint64_t* at, int sink, std::uint64_t length) override
    {
        return ask("copy_file_range", length, [&] { return kernel::copy_file_range(source, at, sink, length); });
    }
    call_result sendfile(int source, const std::uint64_t* at, int sink, std::uint64_t length) override
    {
        return ask("sendfile", length, [&] { return kernel::sendfile(source, at, sink, length); });
    }
    call_result splice(int source, const std::uint64_t* at, int sink, std::uint64_t length) override
    {
        return ask("splice", length, [&] { return kernel::splice(source, at, sink, length); });
    }
    call_result read(int source, const std::uint64_t* at, void* to, std::uint64_t length) override
    {
        return ask("read", length, [&] { return kernel::read(source, at, to, length); });
    }
    call_result write(int sink, const void* from, std::uint64_t length) override
    {
        return ask("write", length, [&] { return kernel::write(sink, from, length); });
    }
    call_result receive(int source, void* to, std::uint64_t length) override
    {
        return ask("recv", length, [&] { return kernel::receive(source, to, length); });
    }
    call_result read_if_ready(int source, const std::uint64_t* at, void* to, std::uint64_t length) override
    {
        return ask("read_if_ready", length, [&] { return kernel::read_if_ready(source, at, to, length); });
    }
    /// The time that it tells, if not the system's.
    std::function<std::uint64_t()> clock{};

    std::uint64_t now() override { return clock ? clock() : kernel::now(); }
    call_result warm(int source, std::uint64_t offset, std::uint64_t length) override
    {
        return ask("warm", length, [&] { return kernel::warm(source, offset, length); });
    }
    call_result send(int sink, const void* from, std::uint64_t length, bool more) override
    {
        return ask("send", length, [&] { return kernel::send(sink, from, length, more); });
    }
    call_result push(int sink) override
    {
        return ask("push", 0, [&] { return kernel::push(sink); });
    }
    call_result duplicate(int fd) override
    {
        return ask("duplicate", 0, [&] { return kernel::duplicate(fd); });
    }
    call_result find_data(int file, std::uint64_t offset) override
    {
        return ask("find_data", 0, [&] { return kernel::find_data(file, offset); });
    }
    call_result find_hole(int file, std::uint64_t offset) override
    {
        return ask("find_hole", 0, [&] { return kernel::find_hole(file, offset); });
    }
    call_result move_on(int file, std::uint64_t length) override
    {
        return ask("move_on", length, [&] { return kernel::move_on(file, length); });
    }
    call_result clone(int source, std::uint64_t from, int sink, std::uint64_t to, std::uint64_t length) override
    {
        return ask("clone", length, [&] { return kernel::clone(source, from, sink, to, length); });
    }
    call_result punch(int sink, std::uint64_t offset, std::uint64_t length) override
    {
        return ask("punch", length, [&] { return kernel::punch(sink, offset, length); });
    }
    call_result extend(int sink, std::uint64_t size) override
    {
        return ask("extend", 0, [&] { return kernel::extend(sink, size); });
    }
    call_result reopen(int fd) override
    {
        return ask("reopen", 0, [&] { return kernel::reopen(fd); });
    }
    call_result move_back(int source, std::uint64_t length) override
    {
        return ask("move_back", length, [&] { return kernel::move_back(source, length); });
    }
    call_result open_pipe(int (&ends)[2]) override
    {
        return ask("pipe", 0, [&] { return kernel::open_pipe(ends); });
    }
    call_result pipe_capacity(int end) override
    {
        return ask("pipe_capacity", 0, [&] { return kernel::pipe_capacity(end); });
    }
    call_result shutdown_send(int fd) override
    {
        return ask("shutdown", 0, [&] { return kernel::shutdown_send(fd); });
    }
    call_result resize_pipe(int end, std::size_t capacity) override
    {
        return ask("resize_pipe", capacity, [&] { return kernel::resize_pipe(end, capacity); });
    }
    call_result open_watch(int fd, bool& for_writing) override
    {
        return ask("watch", 0, [&] { return kernel::open_watch(fd, for_writing); });
    }
    call_result set_non_blocking(int fd) override
    {
        return ask("set_non_blocking", 0, [&] { return kernel::set_non_blocking(fd); });
    }

private:
    template <class Call>
    call_result ask(const std::string& name, std::uint64_t length, Call call)
    {
        std::size_t index = 0;
        if (const answer a = instead_of(name, length, index))
            return *a;
        if (meanwhile)
            meanwhile(index);
        return call();
    }

    // Workers call too.
    answer instead_of(const std::string& name, std::uint64_t length, std::size_t& index)
    {
        const std::lock_guard lock{mutex_};
        index = calls.size();
        calls.push_back(name);
        largest_[name] = std::max(largest_[name], length);
        const std::size_t before = counts_[name]++;
        return instead ? instead(name, before, length) : answer{};
    }

    std::mutex mutex_{};
    std::map<std::string, std::size_t> counts_{};
    std::map<std::string, std::uint64_t> largest_{};
};

} // namespace test

#endif
