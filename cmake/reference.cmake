# Distributed under the Boost Software License, Version 1.0.
#
# The target reference: build/*/reference/html/index.html. A warning is an error.
find_package(Doxygen 1.9 QUIET)
if(DOXYGEN_FOUND)
    configure_file(cmake/Doxyfile.in reference/Doxyfile @ONLY)
    add_custom_target(reference COMMAND Doxygen::doxygen ${PROJECT_BINARY_DIR}/reference/Doxyfile
        WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} COMMENT "Writing the reference" VERBATIM)
endif()
