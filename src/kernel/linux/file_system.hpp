// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_SRC_KERNEL_LINUX_FILE_SYSTEM_HPP
#define KERNEL_COPY_SRC_KERNEL_LINUX_FILE_SYSTEM_HPP

namespace kernel_copy::inline v0::detail {

/// Is the file on a FUSE file system? Found out without asking that, which may take its time; from a list of mounts that
/// is read once for each. A hint: another may have been mounted since in its place.
[[nodiscard]] bool is_on_fuse(int file);

} // namespace kernel_copy::inline v0::detail

#endif
