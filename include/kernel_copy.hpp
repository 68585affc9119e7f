// Distributed under the Boost Software License, Version 1.0.
#ifndef KERNEL_COPY_HPP
#define KERNEL_COPY_HPP

#include <kernel_copy/async_kernel_copy.hpp>
#include <kernel_copy/async_kernel_relay.hpp>
#include <kernel_copy/disk_workers.hpp>
#include <kernel_copy/endpoint.hpp>
#include <kernel_copy/error.hpp>
#include <kernel_copy/exactly.hpp>
#include <kernel_copy/file.hpp>
#include <kernel_copy/file_range.hpp>
#include <kernel_copy/method.hpp>
#include <kernel_copy/monitor.hpp>
#include <kernel_copy/options.hpp>
#include <kernel_copy/pipe_pool.hpp>
#include <kernel_copy/prefixed.hpp>
#include <kernel_copy/relay_options.hpp>
#include <kernel_copy/residue.hpp>
#include <kernel_copy/take.hpp>
#include <kernel_copy/version.hpp>

#endif
