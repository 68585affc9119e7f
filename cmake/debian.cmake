# Distributed under the Boost Software License, Version 1.0.
#
# Debian packages: cmake --preset debian && cmake --build --preset debian -t package
# The shared library is in one that is named for its ABI, what programs are built with in another.
if(NOT KERNEL_COPY_INSTALL OR NOT BUILD_SHARED_LIBS)
    return()
endif()

set(runtime_package libkernel-copy${PROJECT_VERSION_MAJOR})
set(development_package libkernel-copy-dev)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${runtime_package} RENAME copyright
    COMPONENT kernel_copy_runtime EXCLUDE_FROM_ALL)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${development_package} RENAME copyright
    COMPONENT kernel_copy_development EXCLUDE_FROM_ALL)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME kernel-copy)
set(CPACK_PACKAGE_CONTACT "The authors of ${PROJECT_NAME} <kernel-copy@localhost>")
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL kernel_copy_runtime kernel_copy_development)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_KERNEL_COPY_RUNTIME_PACKAGE_NAME ${runtime_package})
set(CPACK_DEBIAN_KERNEL_COPY_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_COMPONENT_KERNEL_COPY_RUNTIME_DESCRIPTION "The shared library.")
set(CPACK_DEBIAN_KERNEL_COPY_RUNTIME_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON) # with it comes the trigger of ldconfig

set(CPACK_DEBIAN_KERNEL_COPY_DEVELOPMENT_PACKAGE_NAME ${development_package})
set(CPACK_DEBIAN_KERNEL_COPY_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_COMPONENT_KERNEL_COPY_DEVELOPMENT_DESCRIPTION "Headers, and what tools of other builds read.")
set(CPACK_DEBIAN_KERNEL_COPY_DEVELOPMENT_PACKAGE_DEPENDS
    "${runtime_package} (= ${PROJECT_VERSION}), libboost1.81-dev | libboost-dev (>= 1.81)")
include(CPack)
