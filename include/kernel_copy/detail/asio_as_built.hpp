// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_ASIO_AS_BUILT_HPP
#define KERNEL_COPY_DETAIL_ASIO_AS_BUILT_HPP

#include <boost/asio/detail/config.hpp>
#include <boost/version.hpp>

// A program's units are smaller and sooner compiled if the library has compiled what works on Asio's own inner objects
// (timers, what stands in the queue of an io_context). It may only where these look alike in both: in a static library
// that was built with the same Boost (KERNEL_COPY_BUILT_WITH_BOOST, which comes with the library), and without what
// changes them. Elsewhere each unit has that to itself.
#if defined(KERNEL_COPY_STATIC) && defined(KERNEL_COPY_BUILT_WITH_BOOST) && !defined(_WIN32) &&                        \
    !defined(BOOST_ASIO_ENABLE_HANDLER_TRACKING) && !defined(BOOST_ASIO_CUSTOM_HANDLER_TRACKING) &&                    \
    !defined(BOOST_ASIO_HAS_IO_URING) && !defined(BOOST_ASIO_DISABLE_EPOLL) && !defined(BOOST_ASIO_DISABLE_THREADS)
#if KERNEL_COPY_BUILT_WITH_BOOST == BOOST_VERSION
#define KERNEL_COPY_ASIO_AS_BUILT
#endif
#endif

#endif
