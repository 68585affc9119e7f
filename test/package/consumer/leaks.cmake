# Distributed under the Boost Software License, Version 1.0.
#
# What a project that is added to another must not change there.
set(own_settings CMAKE_CXX_FLAGS CMAKE_CXX_STANDARD CMAKE_CXX_EXTENSIONS CMAKE_CXX_VISIBILITY_PRESET
    CMAKE_POSITION_INDEPENDENT_CODE CMAKE_MODULE_PATH BUILD_SHARED_LIBS)
set(own_properties COMPILE_OPTIONS COMPILE_DEFINITIONS INCLUDE_DIRECTORIES LINK_OPTIONS LINK_LIBRARIES TESTS)

# The project's own, and what looking for its dependencies leaves.
set(allowed_in_cache "^(KERNEL_COPY_|kernel_copy_|Boost_|boost_|CMAKE_HAVE_LIBC_PTHREAD$|FIND_PACKAGE_MESSAGE_DETAILS_|FETCHCONTENT_)")

macro(remember_settings)
    get_cmake_property(cache_before CACHE_VARIABLES)
    foreach(setting IN LISTS own_settings)
        set(before_${setting} "${${setting}}")
    endforeach()
    foreach(property IN LISTS own_properties)
        get_property(before_${property} DIRECTORY PROPERTY ${property})
    endforeach()
endmacro()

function(compare_settings)
    foreach(setting IN LISTS own_settings)
        if(NOT "${${setting}}" STREQUAL "${before_${setting}}")
            message(FATAL_ERROR "${setting} has become ${${setting}}")
        endif()
    endforeach()
    foreach(property IN LISTS own_properties)
        get_property(now DIRECTORY PROPERTY ${property})
        if(NOT "${now}" STREQUAL "${before_${property}}")
            message(FATAL_ERROR "${property} of the directory has become ${now}")
        endif()
    endforeach()
    get_cmake_property(cache_now CACHE_VARIABLES)
    list(REMOVE_ITEM cache_now ${cache_before})
    list(FILTER cache_now EXCLUDE REGEX "${allowed_in_cache}")
    if(cache_now)
        message(FATAL_ERROR "new in the cache: ${cache_now}")
    endif()
    get_property(targets DIRECTORY ${kernel_copy_SOURCE_DIR} PROPERTY BUILDSYSTEM_TARGETS)
    if(NOT targets STREQUAL "kernel_copy")
        message(FATAL_ERROR "targets besides the library: ${targets}")
    endif()
endfunction()
