# Distributed under the Boost Software License, Version 1.0.
#
# Debian has no Boost for Windows, but what is used of it is headers. They are seen alone, without those of the system
# beside them.
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/include)
file(CREATE_LINK /usr/include/boost ${CMAKE_BINARY_DIR}/include/boost SYMBOLIC)
add_library(Boost::headers INTERFACE IMPORTED GLOBAL)
target_include_directories(Boost::headers SYSTEM INTERFACE ${CMAKE_BINARY_DIR}/include)
