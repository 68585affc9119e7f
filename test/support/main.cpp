// Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE KERNEL_COPY_TEST_MODULE
#include <boost/test/unit_test.hpp>
