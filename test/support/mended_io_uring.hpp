// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_MENDED_IO_URING_HPP
#define KERNEL_COPY_TEST_MENDED_IO_URING_HPP

#include <boost/container/flat_set.hpp>
#include <liburing.h>

#include <cstring>
#include <mutex>

/// What Asio of Boost 1.81 does wrong where all of it is io_uring, mended between it and liburing, so that the tests can
/// say something of this library. Included before all else.
///
/// - A bounded run (`run_for`, `run_one_until`) names its timeout by the address of a variable on the stack. Where that
///   completes in a later run it is taken for an operation (https://github.com/chriskohlhoff/asio/issues/1284). Here it has
///   no name, and its completion is only a wake-up.
/// - A request to cancel is given no user data, and liburing leaves in the entry of its ring what was there before: from the
///   16385th entry on that is the queue of an object, to which the answer then is a completion of its own.
/// - A receive from a non-blocking socket waits by poll, and when the end has come says as its count what poll had said:
///   Beast aborts over that (http::read_some), async_read counts a byte that is none.

inline io_uring_sqe* mended_get_sqe(io_uring* ring)
{
    io_uring_sqe* const entry = io_uring_get_sqe(ring);
    if (entry != nullptr)
        io_uring_sqe_set_data64(entry, 0);
    return entry;
}

/// Which names are those of polls.
class mended_polls
{
public:
    static void note(io_uring_sqe* entry, const void* name)
    {
        const std::lock_guard<std::mutex> lock{mutex()};
        if (entry->opcode == IORING_OP_POLL_ADD)
            names().insert(name);
        else
            names().erase(name);
    }
    static bool has(const void* name)
    {
        const std::lock_guard<std::mutex> lock{mutex()};
        return names().count(name) != 0;
    }

private:
    static std::mutex& mutex()
    {
        static std::mutex all;
        return all;
    }
    // With room for all of them, as some tests count what is allocated.
    static boost::container::flat_set<const void*>& names()
    {
        static auto& all = *[] { // some contexts live as long as the program
            auto* const made = new boost::container::flat_set<const void*>;
            made->reserve(64 * 1024);
            return made;
        }();
        return all;
    }
};

inline void mended_sqe_set_data(io_uring_sqe* entry, void* data, const char* spelling)
{
    void* const name = std::strcmp(spelling, "&ts") == 0 ? nullptr : data;
    mended_polls::note(entry, name);
    io_uring_sqe_set_data(entry, name);
}

inline void* mended_cqe_get_data(io_uring_cqe* answer)
{
    void* const name = io_uring_cqe_get_data(answer);
    if (answer->res > 0 && mended_polls::has(name))
        answer->res = 0;
    return name;
}

inline void mended_prep_timeout_remove(io_uring_sqe* entry, __u64 name, unsigned flags, const char* spelling)
{
    const bool is_of_bounded_run = std::strstr(spelling, "(&ts)") != nullptr;
    io_uring_prep_timeout_remove(entry, is_of_bounded_run ? 0 : name, flags);
}

#define io_uring_get_sqe(ring) mended_get_sqe(ring)
#define io_uring_sqe_set_data(entry, data) mended_sqe_set_data(entry, data, #data)
#define io_uring_cqe_get_data(answer) mended_cqe_get_data(answer)
#define io_uring_prep_timeout_remove(entry, name, flags) mended_prep_timeout_remove(entry, name, flags, #name)

#endif
