# Distributed under the Boost Software License, Version 1.0.
#
# Runs the port's own file with functions in the place of vcpkg's that know the arguments of those.
cmake_minimum_required(VERSION 3.25)

macro(parse_arguments function one_value multi_value)
    cmake_parse_arguments(arg "" "${one_value}" "${multi_value}" ${ARGN})
    if(arg_UNPARSED_ARGUMENTS OR arg_KEYWORDS_MISSING_VALUES)
        message(FATAL_ERROR "${function}: ${arg_UNPARSED_ARGUMENTS} ${arg_KEYWORDS_MISSING_VALUES}")
    endif()
    set_property(GLOBAL APPEND PROPERTY called ${function})
endmacro()

function(expect_file path)
    if(NOT EXISTS "${path}")
        message(FATAL_ERROR "there is no ${path}")
    endif()
endfunction()

function(vcpkg_cmake_configure)
    parse_arguments(vcpkg_cmake_configure "SOURCE_PATH;LOGFILE_BASE;GENERATOR"
        "OPTIONS;OPTIONS_RELEASE;OPTIONS_DEBUG;MAYBE_UNUSED_VARIABLES" ${ARGN})
    expect_file("${arg_SOURCE_PATH}/CMakeLists.txt")
    file(READ "${arg_SOURCE_PATH}/CMakeLists.txt" listing)
    foreach(option IN LISTS arg_OPTIONS)
        string(REGEX REPLACE "^-D([A-Z_]+)=O[NF]F?$" "\\1" name "${option}")
        if(NOT listing MATCHES "option\\(${name} ")
            message(FATAL_ERROR "the project has no option ${option}")
        endif()
    endforeach()
endfunction()

function(vcpkg_cmake_install)
    parse_arguments(vcpkg_cmake_install "" "" ${ARGN})
endfunction()

function(vcpkg_cmake_config_fixup)
    parse_arguments(vcpkg_cmake_config_fixup "PACKAGE_NAME;CONFIG_PATH;TOOLS_PATH" "" ${ARGN})
    expect_file("${SOURCE_PATH}/cmake/${arg_PACKAGE_NAME}-config.cmake.in")
endfunction()

function(vcpkg_fixup_pkgconfig)
    parse_arguments(vcpkg_fixup_pkgconfig "" "" ${ARGN})
endfunction()

function(vcpkg_install_copyright)
    parse_arguments(vcpkg_install_copyright "COMMENT" "FILE_LIST" ${ARGN})
    expect_file("${arg_FILE_LIST}")
endfunction()

set(PORT kernel-copy)
set(CURRENT_PACKAGES_DIR "${WORK}/packages")
include("${PORT_DIRECTORY}/portfile.cmake")

get_property(calls GLOBAL PROPERTY called)
set(expected vcpkg_cmake_configure vcpkg_cmake_install vcpkg_cmake_config_fixup vcpkg_fixup_pkgconfig
    vcpkg_install_copyright)
if(NOT calls STREQUAL expected)
    message(FATAL_ERROR "it calls ${calls}")
endif()
expect_file("${CURRENT_PACKAGES_DIR}/share/${PORT}/usage")

file(READ "${PORT_DIRECTORY}/vcpkg.json" manifest)
string(JSON name GET "${manifest}" name)
string(JSON version GET "${manifest}" version)
if(NOT "${name} ${version}" STREQUAL "${PORT} ${VERSION}")
    message(FATAL_ERROR "the manifest is of ${name} ${version}")
endif()
