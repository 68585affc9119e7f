// Distributed under the Boost Software License, Version 1.0.
//
// In place of a fuzzer's own main: has every input in the directories and files that are named once.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& where)
{
    if (!fs::is_directory(where))
        return {where};
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator{where})
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

void have(const fs::path& file)
{
    std::ifstream in{file, std::ios::binary};
    const std::vector<char> bytes{std::istreambuf_iterator<char>{in}, {}};
    const std::vector<std::uint8_t> input(bytes.begin(), bytes.end());
    std::fprintf(stderr, "%s\n", file.c_str()); // the last one is the one that failed
    LLVMFuzzerTestOneInput(input.data(), input.size());
}

} // namespace

int main(int argc, char** argv)
{
    std::size_t n = 0;
    for (int i = 1; i != argc; ++i)
        for (const fs::path& file : files_in(argv[i]))
        {
            have(file);
            ++n;
        }
    std::printf("%zu inputs\n", n);
    return n == 0 ? 1 : 0;
}
