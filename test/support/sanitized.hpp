// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_TEST_SUPPORT_SANITIZED_HPP
#define KERNEL_COPY_TEST_SUPPORT_SANITIZED_HPP

#if defined(__SANITIZE_THREAD__)
#define KERNEL_COPY_TEST_HAS_THREAD_SANITIZER
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define KERNEL_COPY_TEST_HAS_THREAD_SANITIZER
#endif
#endif

namespace test {

/// Is this program built with a sanitizer that takes its time?
#if defined(__SANITIZE_ADDRESS__) || defined(KERNEL_COPY_TEST_HAS_THREAD_SANITIZER)
inline constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif
#else
inline constexpr bool sanitized = false;
#endif

} // namespace test

#endif
