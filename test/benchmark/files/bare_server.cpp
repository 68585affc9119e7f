// Distributed under the Boost Software License, Version 1.0.
#include "built_in.hpp"
#include "loopback.hpp"
#include "request.hpp"
#include "system.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

namespace benchmark::files {

namespace {

/// Where an answer is: what is still to be sent.
struct answer
{
    int file;
    std::uint64_t offset;
    std::uint64_t rest;
    std::uint32_t header; ///< bytes of it that have not been sent
};

/// How an answer's bytes reach the socket. Each gives what the call took, or would_block.
class by_sendfile
{
public:
    by_sendfile(std::uint64_t most_a_turn, header_send header)
        : turn{most_a_turn}, header_flags_{header == header_send::more ? MSG_MORE : 0}
    {
        header_.fill('h');
    }

    const std::uint64_t turn;

    ssize_t send(int socket, answer& to_send, std::uint64_t most)
    {
        if (to_send.header != 0)
        {
            const ssize_t sent =
                check_transfer(::send(socket, header_.data(), to_send.header, MSG_NOSIGNAL | header_flags_), "send");
            if (sent == would_block)
                return would_block;
            to_send.header -= static_cast<std::uint32_t>(sent);
        }
        auto offset = static_cast<off_t>(to_send.offset);
        const ssize_t sent =
            check_transfer(::sendfile(socket, to_send.file, &offset, std::min(to_send.rest, most)), "sendfile");
        if (sent > 0)
            to_send.rest -= static_cast<std::uint64_t>(sent);
        to_send.offset = static_cast<std::uint64_t>(offset);
        return sent;
    }

private:
    int header_flags_;
    std::array<char, longest_header> header_;
};

class by_pread
{
public:
    by_pread() : buffer_(longest_header + turn) { std::fill_n(buffer_.begin(), longest_header, 'h'); }

    static constexpr std::uint64_t turn = 256 * kib;

    ssize_t send(int socket, answer& to_send, std::uint64_t most)
    {
        char* const body = buffer_.data() + longest_header;
        const auto read = static_cast<std::size_t>(
            check(::pread(to_send.file, body, std::min({to_send.rest, most, turn}), static_cast<off_t>(to_send.offset)),
                  "pread"));
        const ssize_t sent =
            check_transfer(::send(socket, body - to_send.header, to_send.header + read, MSG_NOSIGNAL), "send");
        if (sent == would_block)
            return would_block;
        auto taken = static_cast<std::uint64_t>(sent);
        const std::uint64_t of_header = std::min<std::uint64_t>(taken, to_send.header);
        to_send.header -= static_cast<std::uint32_t>(of_header);
        taken -= of_header;
        to_send.offset += taken;
        to_send.rest -= taken;
        return sent;
    }

private:
    std::vector<char> buffer_;
};

/// One thread and epoll.
template <class Method>
class bare_server
{
public:
    bare_server(const service& what, Method& method, rhythm how)
        : listener_{what.listener}, no_delay_{what.no_delay}, method_{method}, how_{how},
          epoll_{check(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")}
    {
        ::signal(SIGPIPE, SIG_IGN); // sendfile has no MSG_NOSIGNAL
        for (const std::string& file : what.files)
            files_.push_back(check(::open(file.c_str(), O_RDONLY | O_CLOEXEC), file.c_str()));
        make_non_blocking(listener_);
        watch_for(EPOLL_CTL_ADD, listener_, EPOLLIN, nullptr);
    }

    [[noreturn]] void serve()
    {
        for (std::array<epoll_event, 256> events{};;)
        {
            const int n = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), again_.empty() ? -1 : 0);
            if (n < 0 && errno != EINTR)
                fail("epoll_wait");
            now_.swap(again_);
            for (session* const s : now_)
                send(*s);
            now_.clear();
            for (int i = 0; i < n; ++i)
                handle(events[static_cast<std::size_t>(i)]);
        }
    }

private:
    struct session
    {
        int socket;
        answer to_send;
        std::uint32_t interest;
    };

    void watch_for(int operation, int descriptor, std::uint32_t events, session* who)
    {
        epoll_event interest{};
        interest.events = events;
        interest.data.ptr = who;
        check(::epoll_ctl(epoll_, operation, descriptor, &interest), "epoll_ctl");
    }

    void handle(const epoll_event& event)
    {
        if (event.data.ptr == nullptr)
            return accept();
        session& s = *static_cast<session*>(event.data.ptr);
        if (s.to_send.rest != 0)
        {
            if ((event.events & EPOLLOUT) != 0 && std::find(again_.begin(), again_.end(), &s) == again_.end())
                send(s);
        }
        else if ((event.events & EPOLLIN) != 0)
            receive(s);
    }

    void accept()
    {
        for (int socket; (socket = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;)
        {
            if (no_delay_)
                set_no_delay(socket);
            const std::uint32_t interest =
                how_ == rhythm::until_not_ready ? EPOLLIN | EPOLLOUT | EPOLLET : std::uint32_t{EPOLLIN};
            watch_for(EPOLL_CTL_ADD, socket, interest, new session{socket, {}, interest});
        }
        if (errno != EAGAIN)
            fail("accept4");
    }

    void receive(session& s)
    {
        request asked{};
        const ssize_t n = ::recv(s.socket, &asked, sizeof asked, 0);
        if (n < 0 && errno == EAGAIN)
            return;
        if (n <= 0)
        {
            ::close(s.socket);
            delete &s; // it was idle: nothing else refers to it
            return;
        }
        check_received(static_cast<std::size_t>(n));
        s.to_send = {files_.at(asked.file), asked.offset, asked.length, asked.header};
        send(s);
    }

    void send(session& s)
    {
        std::uint64_t left = method_.turn;
        do
        {
            const ssize_t n = method_.send(s.socket, s.to_send, left);
            if (n == would_block)
                break;
            if (n == 0)
                throw std::runtime_error{"a file ends too early"};
            left -= std::min(left, static_cast<std::uint64_t>(n));
            if (s.to_send.rest != 0 && left == 0 && how_ == rhythm::until_not_ready)
                again_.push_back(&s);
        } while (s.to_send.rest != 0 && left != 0 && how_ == rhythm::until_not_ready);
        if (how_ == rhythm::until_not_ready)
            return;
        const std::uint32_t interest = s.to_send.rest == 0 ? EPOLLIN : EPOLLOUT;
        if (interest != std::exchange(s.interest, interest))
            watch_for(EPOLL_CTL_MOD, s.socket, interest, &s);
    }

    int listener_;
    bool no_delay_;
    Method& method_;
    rhythm how_;
    int epoll_;
    std::vector<int> files_;
    std::vector<session*> again_; ///< whose turn is spent
    std::vector<session*> now_;
};

} // namespace

void serve_by_sendfile(const service& what, std::uint64_t turn, rhythm how, header_send header)
{
    by_sendfile method{turn, header};
    bare_server<by_sendfile>{what, method, how}.serve();
}

void serve_by_pread(const service& what)
{
    by_pread method;
    bare_server<by_pread>{what, method, rhythm::until_not_ready}.serve();
}

} // namespace benchmark::files
