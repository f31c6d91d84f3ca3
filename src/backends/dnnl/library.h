// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// oneDNN 2.x, opened when the first kernel needs it: an engine without such a step never loads it.
#pragma once

#include <dnnl.h>

#include <string>

#include "base/diagnostics.h"
#include "base/result.h"

namespace tenon::dnnl {

/// The functions used, one row each. Source: oneDNN 2.6, C API.
#define TENON_DNNL_FUNCTIONS(X)                 \
  X(dnnl_version)                               \
  X(dnnl_engine_create)                         \
  X(dnnl_stream_create)                         \
  X(dnnl_memory_desc_init_by_tag)               \
  X(dnnl_memory_desc_get_size)                  \
  X(dnnl_memory_create)                         \
  X(dnnl_memory_set_data_handle)                \
  X(dnnl_memory_destroy)                        \
  X(dnnl_primitive_attr_create)                 \
  X(dnnl_primitive_attr_destroy)                \
  X(dnnl_primitive_attr_set_output_scales)      \
  X(dnnl_primitive_attr_set_post_ops)           \
  X(dnnl_primitive_attr_set_scratchpad_mode)    \
  X(dnnl_primitive_attr_set_zero_points)        \
  X(dnnl_post_ops_create)                       \
  X(dnnl_post_ops_destroy)                      \
  X(dnnl_post_ops_append_sum)                   \
  X(dnnl_post_ops_append_sum_v3)                \
  X(dnnl_post_ops_append_eltwise)               \
  X(dnnl_dilated_convolution_forward_desc_init) \
  X(dnnl_matmul_desc_init)                      \
  X(dnnl_reorder_primitive_desc_create)         \
  X(dnnl_primitive_desc_create)                 \
  X(dnnl_primitive_desc_destroy)                \
  X(dnnl_primitive_desc_query_md)               \
  X(dnnl_primitive_create)                      \
  X(dnnl_primitive_destroy)                     \
  X(dnnl_primitive_execute)                     \
  X(dnnl_stream_wait)

/// The open library. Never closed: its threads live on.
struct Library {
#define TENON_ROW(name) decltype(&::name) name = nullptr;
  TENON_DNNL_FUNCTIONS(TENON_ROW)
#undef TENON_ROW
  void (*set_threads)(int) = nullptr;  ///< omp_set_num_threads of the library's own OpenMP
  dnnl_engine_t engine = nullptr;
  dnnl_stream_t stream = nullptr;
  std::string version;  ///< "2.6.3", part of packed layouts
};

/// The library, opened on the first call; null with the reason in `why` when it cannot be had.
/// Thread-safe.
const Library* library(const char** why = nullptr) noexcept;

/// Opens the library, or explains.
Result<const Library*> open_library(Diagnostics& diag);

}  // namespace tenon::dnnl
