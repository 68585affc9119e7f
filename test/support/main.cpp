// Distributed under the Boost Software License, Version 1.0.
#define BOOST_TEST_MODULE kernel_copy
#include <boost/test/unit_test.hpp>
