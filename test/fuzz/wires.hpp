// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_FUZZ_WIRES_HPP
#define KERNEL_COPY_TEST_FUZZ_WIRES_HPP

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace kernel_copy::test {

// Descriptors that never block, without Asio, for what stands at the other ends of the library's.

/// Of the first descriptors, those that are open.
[[nodiscard]] std::bitset<128> open_wires();

/// Owns a descriptor.
class wire
{
public:
    wire() = default;
    explicit wire(int descriptor) : descriptor_{descriptor} {}
    wire(wire&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    wire& operator=(wire&& other) noexcept
    {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~wire() { close(); }

    [[nodiscard]] int get() const { return descriptor_; }
    [[nodiscard]] bool is_open() const { return descriptor_ != -1; }
    [[nodiscard]] int release() { return std::exchange(descriptor_, -1); }
    void close();

    /// What can be written of `bytes` now.
    std::size_t write(std::string_view bytes) const;
    /// What can be read now, at most so much.
    [[nodiscard]] std::string read(std::size_t most) const;
    /// The same, and waits a little if there is nothing.
    [[nodiscard]] std::string read_soon(std::size_t most) const;

private:
    int descriptor_ = -1;
};

using wire_pair = std::pair<wire, wire>;

[[nodiscard]] wire_pair socket_wires();
/// TCP; when they are closed nothing remains of them.
[[nodiscard]] wire_pair tcp_wires();
/// Read end, write end.
[[nodiscard]] wire_pair pipe_wires();
/// A file in memory with this content, at its beginning.
[[nodiscard]] wire file_wire(const std::string& content);
[[nodiscard]] std::string content_of(int file);

/// Makes what fits into a socket or a pipe little.
void make_small(int descriptor);

} // namespace kernel_copy::test

#endif
