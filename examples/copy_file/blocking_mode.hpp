// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_EXAMPLE_BLOCKING_MODE_HPP
#define KERNEL_COPY_EXAMPLE_BLOCKING_MODE_HPP

namespace kernel_copy::example {

/// Gives a descriptor its O_NONBLOCK back as it was. The flag belongs to the open file and not to the
/// descriptor: the shell that started this program has it too.
class blocking_mode
{
public:
    explicit blocking_mode(int descriptor) noexcept;
    blocking_mode(const blocking_mode&) = delete;
    blocking_mode& operator=(const blocking_mode&) = delete;
    ~blocking_mode();

private:
    int descriptor_;
    int flags_;
};

} // namespace kernel_copy::example

#endif
