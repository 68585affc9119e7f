# Distributed under the Boost Software License, Version 1.0.

# The project's own warnings; errors where the project is built for itself.
function(kernel_copy_warnings target)
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast)
    if(PROJECT_IS_TOP_LEVEL)
        target_compile_options(${target} PRIVATE -Werror)
    endif()
endfunction()
