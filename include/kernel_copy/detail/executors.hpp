// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_EXECUTORS_HPP
#define KERNEL_COPY_DETAIL_EXECUTORS_HPP

#include <kernel_copy/detail/asio_as_built.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution/executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace kernel_copy::inline v0::detail {

inline namespace KERNEL_COPY_ASIO_ABI {

#if defined(KERNEL_COPY_ASIO_AS_BUILT)
boost::asio::any_io_executor any_executor_of(boost::asio::io_context& context);
#else
inline boost::asio::any_io_executor any_executor_of(boost::asio::io_context& context)
{
    return context.get_executor();
}
#endif

} // namespace KERNEL_COPY_ASIO_ABI

/// An end's executor, which may be asked for when the end is no more. What stands for an io_context, as that of most
/// sockets does, is kept in two words instead of an any_io_executor's five: idle relays are made of little else.
template <class Executor>
class kept_executor
{
    using context_executor = boost::asio::io_context::executor_type;

public:
    explicit kept_executor(const Executor& executor)
    {
        if constexpr (requires { executor.template target<context_executor>(); })
            if (const context_executor* const plain = executor.template target<context_executor>())
            {
                context_ = &boost::asio::query(*plain, boost::asio::execution::context);
                return;
            }
        other_ = std::make_unique<Executor>(executor);
    }

    [[nodiscard]] Executor get() const
    {
        if constexpr (std::is_same_v<Executor, boost::asio::any_io_executor>)
        {
            if (other_ == nullptr)
                return detail::any_executor_of(*context_);
        }
        else if constexpr (std::is_constructible_v<Executor, context_executor>)
        {
            if (other_ == nullptr)
                return Executor{context_->get_executor()};
        }
        return *other_;
    }

private:
    boost::asio::io_context* context_ = nullptr;
    std::unique_ptr<Executor> other_{};
};

/// One word of its own.
template <>
class kept_executor<boost::asio::io_context::executor_type>
{
public:
    explicit kept_executor(const boost::asio::io_context::executor_type& executor) noexcept : executor_{executor} {}
    [[nodiscard]] boost::asio::io_context::executor_type get() const noexcept { return executor_; }

private:
    boost::asio::io_context::executor_type executor_;
};

/// Keeps the context of an executor at work. (A work guard takes some executors for those of old that are none, as a strand
/// of an any_io_executor, and may not throw.)
template <class Executor>
auto tracked(const Executor& executor)
{
    if constexpr (boost::asio::execution::is_executor<Executor>::value)
        return boost::asio::prefer(executor, boost::asio::execution::outstanding_work.tracked);
    else
        return boost::asio::executor_work_guard<Executor>{executor};
}

/// Also where one of them hides its type.
template <class A, class B>
bool are_same(const A& a, const B& b)
{
    if constexpr (std::is_same_v<A, B>)
        return a == b;
    else if constexpr (requires { a.template target<B>(); })
    {
        const B* const inner = a.template target<B>();
        return inner != nullptr && *inner == b;
    }
    else if constexpr (requires { b.template target<A>(); })
        return detail::are_same(b, a);
    else
        return false;
}

/// An executor, if it is another than `own`. Its context does not run out of work before the operation is over. That of an
/// operation's other end: a call on that end runs where the operation does all the same.
template <class Own, class Other>
class other_executor
{
    using work = decltype(detail::tracked(std::declval<const Other&>()));

public:
    other_executor(const Own& own, const Other& other)
        : work_{detail::are_same(own, other) ? nullptr : new work{detail::tracked(other)}}
    {}
    [[nodiscard]] bool differs() const noexcept { return work_ != nullptr; }

private:
    std::unique_ptr<work> work_;
};

/// The executors of an operation and of its handler, if these differ: while a part of it is under way by one, nothing else
/// may keep the other's context at work.
template <class Own, class Handlers>
class executors_work
{
public:
    executors_work(const Own& own, const Handlers& handlers) : own_{handlers, own}, handlers_{own, handlers} {}

private:
    other_executor<Handlers, Own> own_;
    other_executor<Own, Handlers> handlers_;
};

/// Where a copy runs, and what keeps the contexts of its ends and of its handler at work meanwhile. It is made once and
/// handed on: a context that has run out of work, be it for a moment, has stopped.
template <class Source, class Sink, class Handlers>
class copy_work
{
public:
    copy_work(const Source& source, const Sink& sink, const Handlers& handlers)
        : source_{source}, handlers_{source, handlers}, sink_{source, sink}
    {}
    [[nodiscard]] Source executor() const { return source_.get(); }
    [[nodiscard]] bool has_foreign_sink() const noexcept { return sink_.differs(); }

private:
    kept_executor<Source> source_;
    executors_work<Source, Handlers> handlers_;
    other_executor<Source, Sink> sink_;
};

/// Does a handler say where it runs, whatever executor a call has? An associated_executor of somebody's own may leave that
/// to the call after all.
template <class Handler>
concept has_own_executor = requires
{
    typename Handler::executor_type;
};

/// The execution_context behind an executor.
template <class Executor>
boost::asio::execution_context& context_of(const Executor& executor)
{
    if constexpr (requires { boost::asio::query(executor, boost::asio::execution::context); })
        return boost::asio::query(executor, boost::asio::execution::context);
    else
        return executor.context();
}

} // namespace kernel_copy::inline v0::detail

#endif
