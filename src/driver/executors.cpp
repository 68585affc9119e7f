// Distributed under the Boost Software License, Version 1.0.
#include <kernel_copy/detail/executors.hpp>

namespace kernel_copy::inline v0::detail {

#if defined(KERNEL_COPY_ASIO_AS_BUILT)
boost::asio::any_io_executor as_built::any_executor_of(boost::asio::io_context& context)
{
    return context.get_executor();
}
#endif

} // namespace kernel_copy::inline v0::detail
