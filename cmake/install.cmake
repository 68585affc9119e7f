# Distributed under the Boost Software License, Version 1.0.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Who runs programs needs kernel_copy_runtime, who builds them kernel_copy_development as well.
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kernel_copy)
install(TARGETS kernel_copy EXPORT kernel_copy-targets
    RUNTIME COMPONENT kernel_copy_runtime
    LIBRARY COMPONENT kernel_copy_runtime NAMELINK_COMPONENT kernel_copy_development
    ARCHIVE COMPONENT kernel_copy_development
    FILE_SET HEADERS COMPONENT kernel_copy_development)
install(EXPORT kernel_copy-targets NAMESPACE kernel_copy:: DESTINATION ${package_dir}
    COMPONENT kernel_copy_development)
configure_package_config_file(cmake/kernel_copy-config.cmake.in kernel_copy-config.cmake
    INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(kernel_copy-config-version.cmake COMPATIBILITY SameMajorVersion)
install(FILES
    ${CMAKE_CURRENT_BINARY_DIR}/kernel_copy-config.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/kernel_copy-config-version.cmake
    DESTINATION ${package_dir} COMPONENT kernel_copy_development)

# The .pc file finds the rest from where it lies itself, as the files above do.
set(pc_dir ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH pc_prefix ${pc_dir} ${CMAKE_INSTALL_PREFIX})
file(RELATIVE_PATH pc_libdir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH pc_includedir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
get_target_property(pc_definitions kernel_copy INTERFACE_COMPILE_DEFINITIONS)
set(pc_flags)
foreach(definition IN LISTS pc_definitions)
    string(APPEND pc_flags " -D${definition}")
endforeach()
set(pc_system_libs)
if(WIN32)
    set(pc_system_libs " -lws2_32 -lmswsock -lntdll")
endif()
configure_file(cmake/kernel_copy.pc.in kernel_copy.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/kernel_copy.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
    COMPONENT kernel_copy_development)
