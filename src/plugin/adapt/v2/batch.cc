// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Taking the batch axis off and putting it on.
#include "plugin/adapt/v2/batch.h"

namespace tenon::plugin {

Batch::Batch(const Dims& first) noexcept
    : size_(first.empty() ? 1 : static_cast<int32_t>(first[0])), spelt_out_(!first.empty()) {}

Dims Batch::take_off(const Dims& dims) const noexcept {
  if (!spelt_out_ || dims.empty() || dims[0] != size_) return dims;
  Dims rest;
  for (int i = 1; i < dims.rank(); ++i) rest.push_back(dims[i]);
  return rest;
}

Dims Batch::put_on(const Dims& dims) const noexcept {
  if (!spelt_out_) return dims;
  Dims all{size_};
  for (const int64_t extent : dims) all.push_back(extent);
  return all;
}

}  // namespace tenon::plugin
