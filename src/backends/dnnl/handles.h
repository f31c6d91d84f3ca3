// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// oneDNN's objects, freed by themselves.
#pragma once

#include <memory>

#include "backends/dnnl/library.h"

namespace tenon::dnnl {

struct Destroy {
  void operator()(dnnl_memory_t memory) const noexcept { library()->dnnl_memory_destroy(memory); }
  void operator()(dnnl_primitive_t primitive) const noexcept {
    library()->dnnl_primitive_destroy(primitive);
  }
  void operator()(dnnl_primitive_desc_t desc) const noexcept {
    library()->dnnl_primitive_desc_destroy(desc);
  }
  void operator()(dnnl_primitive_attr_t attr) const noexcept {
    library()->dnnl_primitive_attr_destroy(attr);
  }
  void operator()(dnnl_post_ops_t ops) const noexcept { library()->dnnl_post_ops_destroy(ops); }
};

template <class Handle>
using Owned = std::unique_ptr<std::remove_pointer_t<Handle>, Destroy>;

using Memory = Owned<dnnl_memory_t>;
using Primitive = Owned<dnnl_primitive_t>;
using PrimitiveDesc = Owned<dnnl_primitive_desc_t>;
using Attr = Owned<dnnl_primitive_attr_t>;
using PostOps = Owned<dnnl_post_ops_t>;

}  // namespace tenon::dnnl
