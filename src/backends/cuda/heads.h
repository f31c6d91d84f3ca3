// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where the vectors of attention lie, as its kernels are told.
#pragma once

#include <vector>

#include "backends/cuda/own_kernel.h"
#include "ops/attention.h"

namespace tenon::cuda {

/// Extents and strides of a tensor of sequences. Strides in elements.
struct Heads {
  int64_t batches, heads, places, size, batch, head, place;

  Heads(const Dims& dims, ops::SequenceForm form) {
    const bool packed = form == ops::SequenceForm::Packed;
    const Dims strides = row_major_strides(dims);
    const int head_axis = form == ops::SequenceForm::PlacesFirst ? 2 : 1;
    const int place_axis = packed ? 0 : 3 - head_axis;
    batches = packed ? 1 : dims[0];
    heads = dims[head_axis];
    places = dims[place_axis];
    size = dims.back();
    batch = packed ? 0 : strides[0];
    head = strides[head_axis];
    place = strides[place_axis];
  }
  void put(Arguments& args) const { args.i32(batch).i32(head).i32(place); }
};

inline int rank_of(ops::SequenceForm form) { return form == ops::SequenceForm::Packed ? 3 : 4; }

/// Whether ranks are what the forms say.
inline bool ranks_fit(const ops::Attention& op, const Shapes& shapes) {
  return shapes.inputs[0].dims.rank() == rank_of(op.query_form) &&
         shapes.inputs[1].dims.rank() == rank_of(op.key_form) &&
         shapes.inputs[2].dims.rank() == rank_of(op.key_form) &&
         shapes.outputs[0].dims.rank() == rank_of(op.query_form);
}

/// Queries, keys, values and results, if they fit together.
struct AllHeads {
  Heads q, k, v, y;

  AllHeads(const ops::Attention& op, const Shapes& shapes)
      : q(shapes.inputs[0].dims, op.query_form),
        k(shapes.inputs[1].dims, op.key_form),
        v(shapes.inputs[2].dims, op.key_form),
        y(shapes.outputs[0].dims, op.query_form) {}
  [[nodiscard]] bool fit(const ops::Attention& op) const {
    const bool padded =
        op.query_form != ops::SequenceForm::Packed && op.key_form != ops::SequenceForm::Packed;
    return q.batches == y.batches && k.batches == v.batches &&
           (!padded || q.batches == k.batches) && k.heads >= 1 && q.heads % k.heads == 0 &&
           v.heads == k.heads && v.places == k.places && q.size == k.size && y.size == v.size &&
           y.places == q.places && y.heads == q.heads;
  }
  void put(Arguments& args) const {
    for (const Heads* heads : {&q, &k, &v, &y}) heads->put(args);
  }
};

/// The kernels' MASK: 0 none, 1 of bool, 2 added.
inline int mask_kind(const kernel::NodeInfo& node) {
  if (!has_input(node, ops::kAttentionMask)) return 0;
  return node.inputs[ops::kAttentionMask].dtype == DType::Bool ? 1 : 2;
}

/// Appends the mask's four strides, zeros along axes of one and without a mask. `present`: which
/// inputs there are, as present_inputs() says; descriptors of a run need not tell.
inline Status put_mask_strides(const Shapes& shapes, uint64_t present, Arguments& args) {
  std::vector<int64_t> strides;
  constexpr size_t kMask = ops::kAttentionMask;
  if (kMask < shapes.inputs.size() && (present >> kMask & 1U) != 0) {
    const Dims& mask = shapes.inputs[kMask].dims;
    if (mask.rank() != 4) return kUnlikeShapes;
    const Dims own = row_major_strides(mask);
    for (int i = 0; i < 4; ++i) strides.push_back(mask[i] == 1 ? 0 : own[i]);
  }
  args.i32s(strides, 4);
  return {};
}

}  // namespace tenon::cuda
