// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_IMMEDIATE_HPP
#define KERNEL_COPY_DETAIL_IMMEDIATE_HPP

// What differs between the versions of Boost.

#include <utility>

#if __has_include(<boost/asio/associated_immediate_executor.hpp>) // from Boost 1.82 on
#include <boost/asio/associated_immediate_executor.hpp>
#include <boost/asio/dispatch.hpp>
#endif

namespace kernel_copy::inline v0::detail {

#if __has_include(<boost/asio/associated_immediate_executor.hpp>)

constexpr bool has_immediate_executors = true;

/// Runs a function as Asio runs the handler of an operation that was over when it was begun: by the handler's immediate
/// executor, or after the initiating function if it has none.
template <class Handler, class Executor, class Function>
void run_immediately(const Handler& handler, const Executor& executor, Function&& function)
{
    boost::asio::dispatch(boost::asio::get_associated_immediate_executor(handler, executor),
                          std::forward<Function>(function));
}

#else

constexpr bool has_immediate_executors = false;

template <class Handler, class Executor, class Function>
void run_immediately(const Handler&, const Executor&, Function&&) = delete;

#endif

} // namespace kernel_copy::inline v0::detail

#endif
