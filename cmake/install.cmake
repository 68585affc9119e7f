# Distributed under the Boost Software License, Version 1.0.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kernel_copy)
install(TARGETS kernel_copy EXPORT kernel_copy-targets FILE_SET HEADERS)
install(EXPORT kernel_copy-targets NAMESPACE kernel_copy:: DESTINATION ${package_dir})
configure_package_config_file(cmake/kernel_copy-config.cmake.in kernel_copy-config.cmake
    INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(kernel_copy-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    ${CMAKE_CURRENT_BINARY_DIR}/kernel_copy-config.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/kernel_copy-config-version.cmake
    DESTINATION ${package_dir})
