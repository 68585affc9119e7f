// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_METHOD_HPP
#define KERNEL_COPY_METHOD_HPP

#include <kernel_copy/detail/config.hpp>

#include <cstddef>
#include <initializer_list>

namespace kernel_copy::inline v0 {

/// The ways in which bytes can be moved, in the order in which they are tried. Between two sockets the last two take
/// turns.
enum class method : unsigned char
{
    copy_file_range,     ///< file to file, copy_file_range(2)
    sendfile,            ///< file to socket, file or device, sendfile(2)
    splice,              ///< one end is a pipe, splice(2)
    splice_through_pipe, ///< socket to socket or file: splice(2) into a pipe, and out of it
    buffer               ///< read into memory and write from it, or async_read_some and async_write_some
};

/// How many methods there are; their values begin with 0.
inline constexpr std::size_t method_count = 5;

/// The system call's name, or "buffer".
[[nodiscard]] KERNEL_COPY_DECL const char* to_string(method m) noexcept;

/// A set of methods; all of them by default.
class method_set
{
public:
    constexpr method_set() noexcept = default;

    /// These and no others. `{}` is not the empty set, but all.
    constexpr method_set(std::initializer_list<method> methods) noexcept : bits_{0}
    {
        for (const method m : methods)
            bits_ |= bit(m);
    }

    /// Is it allowed?
    [[nodiscard]] constexpr bool contains(method m) const noexcept { return (bits_ & bit(m)) != 0; }
    /// Is none allowed?
    [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }

    /// All of these but one; this set stays as it is.
    [[nodiscard]] constexpr method_set without(method m) const noexcept
    {
        method_set rest = *this;
        rest.bits_ &= ~bit(m);
        return rest;
    }

    /// Are the same methods allowed?
    friend constexpr bool operator==(method_set, method_set) noexcept = default;

private:
    static constexpr unsigned bit(method m) noexcept { return 1u << static_cast<unsigned>(m); }

    unsigned bits_ = (1u << method_count) - 1;
};

/// May the sink see what is later written to the source file?
///
/// sendfile(2) and splice(2) from a file put the file's own pages, not copies of them, into a socket's
/// queue or a pipe: who changes the file before the receiver has read them changes what it receives.
enum class page_sharing : unsigned char
{
    allow, ///< send the file's pages: what who copies a file to a socket usually wants
    forbid ///< copy where a later write could be seen; a file is never offloaded to a socket or a pipe
};

} // namespace kernel_copy::inline v0

#endif
