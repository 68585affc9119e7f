# Distributed under the Boost Software License, Version 1.0.

# The project's own warnings: errors in the presets that are for tests, and never for who only builds the library.
function(kernel_copy_warnings target)
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast)
endfunction()
