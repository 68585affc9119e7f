// Distributed under the Boost Software License, Version 1.0.

// file_copier NAME FROM TO: copies a file to a new one by a copier of file_benchmark. A program of its own, so that it
// starts about as fast as cp.

#include "copiers.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>

int main(int argc, char** argv)
try
{
    if (argc == 4)
        for (const benchmark::files::built_in_copier& b : benchmark::files::built_in_copiers())
            if (b.name == argv[1])
            {
                b.copy(argv[2], argv[3]);
                return EXIT_SUCCESS;
            }
    std::fputs("file_copier NAME FROM TO\n", stderr);
    return EXIT_FAILURE;
}
catch (const std::exception& e)
{
    std::fprintf(stderr, "%s\n", e.what());
    return EXIT_FAILURE;
}
