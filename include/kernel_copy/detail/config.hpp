// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_DETAIL_CONFIG_HPP
#define KERNEL_COPY_DETAIL_CONFIG_HPP

/// Before what the shared library gives to programs and to the templates and inline functions of its headers. The rest
/// of it is hidden. Who is linked with the static library gives nothing of it to others.
#if defined(KERNEL_COPY_STATIC)
#define KERNEL_COPY_DECL
#else
#define KERNEL_COPY_DECL [[gnu::visibility("default")]]
#endif

#endif
