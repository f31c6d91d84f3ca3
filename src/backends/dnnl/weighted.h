// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The frame that convolution and matrix product share: packed weights, bias, residual, post-ops.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "backends/dnnl/descs.h"
#include "base/aligned_buffer.h"
#include "kernel/candidate.h"

namespace tenon::dnnl {

/// One operator as oneDNN needs it. Made from an op and a tactic; immutable.
class Problem {
 public:
  virtual ~Problem() = default;
  /// A primitive for these extents. `weights`: the layout they are packed in, or null to let oneDNN
  /// choose. Null when oneDNN has none.
  [[nodiscard]] virtual PrimitiveDesc describe(const kernel::TensorDesc& source,
                                               const kernel::TensorDesc& target,
                                               const dnnl_memory_desc_t* weights) const = 0;
  /// The weights as the model gives them.
  [[nodiscard]] virtual dnnl_memory_desc_t model_weights() const = 0;
  bool bias = false, residual = false;
  std::vector<float> weight_scales;  ///< of a quantised operator: one, or one an output channel
  /// What a step of the input stands for, in a quantised operator: the bias is in steps of sums.
  float input_scale = 1;

  /// The bias as a primitive takes it.
  [[nodiscard]] std::vector<float> packed_bias(const ops::ConstantData& given) const;
};

/// The packed weights' layout as bytes: library version, then oneDNN's own descriptor. Two are
/// interchangeable only when equal.
Bytes layout_bytes(const dnnl_memory_desc_t& weights);

/// Input positions of both operators.
inline constexpr size_t kSource = 0, kWeights = 1, kBias = 2, kResidual = 3, kWeightScale = 4;

/// A primitive for one set of extents, shared by the contexts of an engine. Where oneDNN has none
/// for the weights as packed (Winograd packs for a number of tiles), `repacked` holds them packed
/// anew.
struct Prepared {
  PrimitiveDesc desc;
  Primitive primitive;
  dnnl_memory_desc_t weights_desc{};
  AlignedBuffer repacked;
};

/// The kernel of an engine. Primitives are kept by extents.
class WeightedLoaded final : public kernel::Loaded {
 public:
  /// Weights that live as long as this, and how they are packed: as oneDNN wants them for `desc`,
  /// the primitive for the greatest extents.
  struct Packed {
    PrimitiveDesc desc;
    kernel::TensorDesc source, target;  ///< the greatest extents
    const void* weights;
    std::vector<float> bias;
  };
  WeightedLoaded(std::unique_ptr<const Problem> problem, Packed packed, int threads);

  [[nodiscard]] size_t workspace(
      std::span<const kernel::TensorDesc> inputs,
      std::span<const kernel::TensorDesc> outputs) const noexcept override;
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources& resources) override;

  /// The primitive for these extents, made on first need; null when oneDNN has none. Thread-safe.
  std::shared_ptr<const Prepared> prepare(const kernel::TensorDesc& source,
                                          const kernel::TensorDesc& target) const noexcept;
  [[nodiscard]] const Problem& problem() const noexcept { return *problem_; }
  [[nodiscard]] void* weights() const noexcept { return const_cast<void*>(packed_.weights); }
  [[nodiscard]] float* bias() const noexcept { return const_cast<float*>(packed_.bias.data()); }
  [[nodiscard]] int threads() const noexcept { return threads_; }

 private:
  [[nodiscard]] bool repack(Prepared& made, const kernel::TensorDesc& source,
                            const kernel::TensorDesc& target) const;

  std::unique_ptr<const Problem> problem_;
  mutable Packed packed_;  ///< its desc goes to the primitive that is made of it
  const dnnl_memory_desc_t weights_desc_;
  int threads_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::shared_ptr<const Prepared>> prepared_;
};

/// Packs constants and finds out what oneDNN offers for a node.
struct Packing {
  PrimitiveDesc desc;
  kernel::PackedBlob weights, bias;
};
/// How the scales of quantised weights stand in a record: behind the other blobs.
Bytes scale_bytes(std::span<const float> scales);
/// For the greatest extents; null desc, with the reason as info, when oneDNN has no such primitive.
Packing pack_weights(const Problem& problem, const kernel::TensorDesc& source,
                     const kernel::TensorDesc& target, const ops::ConstantData* weights,
                     const ops::ConstantData* bias, bool with_data, int threads);

/// Loads what pack_weights packed: checks that oneDNN would pack so today.
Result<std::unique_ptr<kernel::Loaded>> load_weighted(std::unique_ptr<const Problem> problem,
                                                      const kernel::RecordView& record,
                                                      Diagnostics& diag);

}  // namespace tenon::dnnl
