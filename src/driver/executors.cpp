// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/executors.hpp>
#include <kernel_copy/detail/posted_part.hpp>

#include <boost/asio/post.hpp>

namespace kernel_copy::inline v0::detail {

#if defined(KERNEL_COPY_ASIO_AS_BUILT)
boost::asio::any_io_executor as_built::any_executor_of(boost::asio::io_context& context)
{
    return context.get_executor();
}

void as_built::post(const boost::asio::any_io_executor& executor, posted_part&& part)
{
    detail::post_plainly(executor, std::move(part));
}
#endif

} // namespace kernel_copy::inline v0::detail
