// Distributed under the Boost Software License, Version 1.0.

// Boost.URL as part of this program: no library to link.
#include <boost/url/src.hpp>
