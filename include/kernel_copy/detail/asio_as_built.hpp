// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_ASIO_AS_BUILT_HPP
#define KERNEL_COPY_DETAIL_ASIO_AS_BUILT_HPP

#include <boost/asio/detail/config.hpp>
#include <boost/version.hpp>

// A program's units are smaller and sooner compiled if the library has compiled what works on Asio's own inner objects
// (timers, what stands in the queue of an io_context). It may only where these look alike in both: in a static library
// that was built with the same Boost (KERNEL_COPY_BUILT_WITH_BOOST, which comes with the library), and without what
// changes them. Elsewhere each unit has that to itself, under another name: what both define is not mixed.
#if defined(KERNEL_COPY_STATIC) && defined(KERNEL_COPY_BUILT_WITH_BOOST) && defined(BOOST_ASIO_HAS_THREADS) &&         \
    defined(BOOST_ASIO_HAS_EPOLL) && defined(BOOST_ASIO_HAS_TIMERFD) && !defined(BOOST_ASIO_HAS_IO_URING) &&           \
    !defined(BOOST_ASIO_ENABLE_HANDLER_TRACKING) && !defined(BOOST_ASIO_CUSTOM_HANDLER_TRACKING) &&                    \
    !defined(BOOST_ASIO_NO_EXCEPTIONS) && !defined(BOOST_ASIO_NO_TYPEID) &&                                            \
    !defined(BOOST_ASIO_USE_TS_EXECUTOR_AS_DEFAULT) &&                                                                 \
    (!defined(BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE) || BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE == 2)
#if KERNEL_COPY_BUILT_WITH_BOOST == BOOST_VERSION
#define KERNEL_COPY_ASIO_AS_BUILT
#endif
#endif

#if defined(KERNEL_COPY_ASIO_AS_BUILT)
#define KERNEL_COPY_ASIO_ABI as_built
#else
#define KERNEL_COPY_ASIO_ABI of_this_unit
#endif

#endif
