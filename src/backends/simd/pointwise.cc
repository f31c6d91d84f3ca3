// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Offers element-wise operators and fused chains of f32; constants are absorbed.
#include <algorithm>

#include "backends/simd/node_candidate.h"
#include "backends/simd/pointwise_program.h"
#include "backends/simd/reorder.h"
#include "backends/simd/run/pointwise.h"

namespace tenon::simd::pointwise {

namespace {

using kernel::Layout;

class Candidate final : public NodeCandidate {
 public:
  using NodeCandidate::NodeCandidate;

  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    std::vector<kernel::Configuration> all = {uniform(Layout::linear(), Layout::linear())};
    for (const Layout& layout : {Layout::hwc(), Layout::chw(16), Layout::chw(8)}) {
      if (!suits(layout)) continue;
      kernel::Configuration& one = all.emplace_back(uniform(Layout::linear(), layout));
      for (size_t i = 0; i < node_.inputs.size(); ++i) {
        if (is_image(node_.inputs[i])) one.inputs[i].layout = layout;
      }
    }
    return all;
  }
  [[nodiscard]] std::vector<int> thread_counts() const override {
    const auto steps = static_cast<int64_t>(as_pointwise(*node_.op).steps.size());
    return threads_for(node_.outputs[0].opt.volume() * steps);
  }
  [[nodiscard]] std::vector<int> absorbed_inputs() const override {
    std::vector<int> absorbed;
    for (size_t i = 0; i < node_.inputs.size(); ++i) {
      if (node_.inputs[i].constant != nullptr) absorbed.push_back(static_cast<int>(i));
    }
    return absorbed;
  }
  /// An input of the output's shape is read where it is overwritten, tile by tile.
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override {
    std::vector<kernel::Alias> all;
    for (size_t i = 0; i < node_.inputs.size(); ++i) {
      const kernel::PortInfo& input = node_.inputs[i];
      if (input.constant == nullptr && input.shape == node_.outputs[0].shape) {
        all.push_back({0, static_cast<int>(i), false});
      }
    }
    return all;
  }

 protected:
  [[nodiscard]] ops::Op packed_op() const override { return as_pointwise(*node_.op); }
  void add_params(const kernel::Configuration& configuration, ByteWriter& params) const override {
    const Layout& layout = configuration.outputs[0].layout;
    params.put(layout.order);
    params.put(layout.vector);
    params.put(static_cast<uint32_t>(node_.inputs.size()));
    uint64_t offset = 0;
    for (const kernel::PortInfo& input : node_.inputs) {
      const bool constant = input.constant != nullptr;
      params.put(static_cast<uint8_t>(constant));
      if (!constant) continue;
      const Dims axes = memory_axes(image_dims(input, layout), layout);
      params.put(offset);
      params.put(static_cast<uint8_t>(axes.rank()));
      for (const int64_t extent : axes) params.put(extent);
      offset += align_up(static_cast<size_t>(axes.volume()) * sizeof(float));
    }
  }
  Status add_packed(const kernel::Configuration& configuration, int32_t,
                    std::vector<kernel::PackedBlob>& packed, Diagnostics&) const override {
    const Layout& layout = configuration.outputs[0].layout;
    Bytes data;
    for (const kernel::PortInfo& input : node_.inputs) {
      if (input.constant == nullptr) continue;
      const std::vector<float> values = floats_of(*input.constant);
      const Dims dims = image_dims(input, layout);
      std::vector<float> laid = values;
      if (!layout.is_linear() && dims.rank() == 4 && dims[1] != 1) {
        reorder(DType::F32, dims, Layout::linear(), values.data(), layout, laid.data(), 1);
      }
      const Bytes bytes = bytes_of(laid);
      data.insert(data.end(), bytes.begin(), bytes.end());
      data.resize(align_up(data.size()));
    }
    if (!data.empty()) packed.push_back({{}, std::move(data)});
    return {};
  }

 private:
  static bool is_image(const kernel::PortInfo& port) {
    return port.constant == nullptr && port.opt.rank() == 4;
  }

  /// Extents of a constant; those that meet channels are seen as an image's.
  static Dims image_dims(const kernel::PortInfo& input, const Layout& layout) {
    const Dims& dims = input.constant->dims();
    if (layout.is_linear() || dims.volume() == 1) return dims;
    Dims image = Dims::filled(4, 1);
    for (int i = 0; i < dims.rank(); ++i) image[4 - dims.rank() + i] = dims[i];
    return image;
  }

  /// True if all that comes at run time are images, or single elements; vectors of channels must be
  /// whole, for what a function makes of the padding's zeros need not be zero.
  [[nodiscard]] bool suits(const Layout& layout) const {
    const kernel::PortInfo& out = node_.outputs[0];
    if (out.opt.rank() != 4) return false;
    const int64_t vector = layout.vector;
    if (vector > 1 && (out.min[1] != out.max[1] || out.opt[1] % vector != 0)) return false;
    return std::ranges::all_of(node_.inputs, [&](const kernel::PortInfo& input) {
      if (input.constant != nullptr) return input.constant->dims().rank() <= 4;
      if (input.max.volume() == 1 && input.opt.rank() != 4) return true;
      return input.opt.rank() == 4 && (vector == 1 || input.shape == out.shape);
    });
  }
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_unless_f32(node); !reason.empty()) return reason;
  return refuse_pointwise(as_pointwise(*node.op), node.inputs.size());
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

}  // namespace tenon::simd::pointwise
