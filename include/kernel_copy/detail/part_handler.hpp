// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_PART_HANDLER_HPP
#define KERNEL_COPY_DETAIL_PART_HANDLER_HPP

#include <kernel_copy/detail/action.hpp>
#include <kernel_copy/detail/facts.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <cstddef>
#include <utility>

namespace kernel_copy::inline v0::detail {

namespace asio = boost::asio;

inline stop_request to_stop_request(asio::cancellation_type_t requested) noexcept
{
    using asio::cancellation_type;
    if ((requested & cancellation_type::terminal) != cancellation_type::none)
        return stop_request::terminal;
    if ((requested & cancellation_type::partial) != cancellation_type::none)
        return stop_request::partial;
    return requested != cancellation_type::none ? stop_request::total : stop_request::none;
}

/// What a caller's request is to the calls under way.
inline asio::cancellation_type to_cancellation_type(stop_request request) noexcept
{
    using asio::cancellation_type;
    if (request == stop_request::total)
        return cancellation_type::total;
    return request == stop_request::terminal ? cancellation_type::terminal : cancellation_type::partial;
}

/// The handler of one of the calls that an operation has under way. It shares in the operation's life, and runs
/// where the user's handler would.
template <class Operation>
class part_handler
{
public:
    using cancellation_slot_type = asio::cancellation_slot;

    part_handler(Operation& operation, unsigned char part) noexcept
        : part_handler{operation, part, operation.continues()}
    {}
    part_handler(Operation& operation, unsigned char part, bool continues) noexcept
        : operation_{&operation}, part_{part}, continues_{continues}
    {
        operation.add_reference();
    }
    part_handler(part_handler&& other) noexcept
        : operation_{std::exchange(other.operation_, nullptr)}, part_{other.part_}, continues_{other.continues_}
    {}
    part_handler& operator=(part_handler&&) = delete;
    ~part_handler()
    {
        if (operation_ != nullptr)
            operation_->drop_reference();
    }

    void operator()() { (*this)(event{}); }
    void operator()(const error_code& error) { (*this)(event{.bytes = 0, .error = error}); }
    void operator()(const error_code& error, std::size_t bytes) { (*this)(event{.bytes = bytes, .error = error}); }
    void operator()(const event& e) { Operation::arrived(*std::exchange(operation_, nullptr), part_, e); }

    [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept { return operation_->slot_of(part_); }
    [[nodiscard]] const Operation& operation() const noexcept { return *operation_; }

    friend bool asio_handler_is_continuation(part_handler* part) noexcept { return part->continues_; }

private:
    Operation* operation_;
    unsigned char part_;
    bool continues_;
};

} // namespace kernel_copy::inline v0::detail

// A call runs where the user's handler would, and takes its memory from there. Where the handler says nothing, the call
// says nothing either, and Asio goes the short way: it is that of the end that is called. Calls of an end with another
// executor than the operation's are bound to that.
namespace boost::asio {

template <class Operation, class Executor>
struct associated_executor<kernel_copy::detail::part_handler<Operation>, Executor>
    : associated_executor<typename Operation::handler_type, Executor>
{
    using base = associated_executor<typename Operation::handler_type, Executor>;
    static decltype(auto) get(const kernel_copy::detail::part_handler<Operation>& part) noexcept
    {
        return base::get(part.operation().handler());
    }
    static decltype(auto) get(const kernel_copy::detail::part_handler<Operation>& part, const Executor& other) noexcept
    {
        return base::get(part.operation().handler(), other);
    }
};

template <class Operation, class Allocator>
struct associated_allocator<kernel_copy::detail::part_handler<Operation>, Allocator>
    : associated_allocator<typename Operation::handler_type, Allocator>
{
    using base = associated_allocator<typename Operation::handler_type, Allocator>;
    static decltype(auto) get(const kernel_copy::detail::part_handler<Operation>& part) noexcept
    {
        return base::get(part.operation().handler());
    }
    static decltype(auto) get(const kernel_copy::detail::part_handler<Operation>& part, const Allocator& other) noexcept
    {
        return base::get(part.operation().handler(), other);
    }
};

} // namespace boost::asio

#endif
