// Distributed under the Boost Software License, Version 1.0.
//
// Boost.Test without its library.
#define BOOST_TEST_MODULE kernel_copy
#include <boost/test/included/unit_test.hpp>
