// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// New weights and biases, computed in double.
#include "passes/affine.h"

#include <cmath>
#include <cstring>
#include <limits>

#include "passes/rewrite.h"

namespace tenon::passes {

namespace {

constexpr size_t kWeight = 1, kBias = 2;  // of Convolution and MatMul alike
static_assert(kWeight == ops::kConvWeight && kBias == ops::kConvBias);

bool finite(const ops::ConstantData& data) {
  for (int64_t i = 0; i < data.count(); ++i) {
    if (!std::isfinite(data.real(i))) return false;
  }
  return true;
}

/// The weights with every channel scaled; null when they are no constant, a number would not be
/// finite, or memory is short. Large networks spend their build time here: plain loops over floats.
ops::ConstantRef scaled_weights(const ir::Node& node, const std::vector<double>& scale) {
  const ops::ConstantData* old = node.input(kWeight)->constant();
  if (!old) return {};
  const auto* mat_mul = node.as<ops::MatMul>();
  // Channels are rows of the weights, or columns of a matrix that is not transposed.
  const bool columns = mat_mul && !mat_mul->transpose_b;
  const size_t channels = scale.size();
  if (old->dtype() != DType::F32) {
    const int64_t width =
        columns ? static_cast<int64_t>(channels) : old->count() / static_cast<int64_t>(channels);
    auto weights = make_reals(old->dtype(), old->dims(), [&](int64_t i) {
      return old->real(i) * scale[static_cast<size_t>(columns ? i % width : i / width)];
    });
    return finite(*weights) ? weights : ops::ConstantRef{};
  }
  AlignedBuffer buffer(old->bytes().size());
  if (buffer.size() != old->bytes().size()) return {};  // no memory
  if (!old->bytes().empty()) std::memcpy(buffer.data(), old->bytes().data(), buffer.size());
  auto* weights = reinterpret_cast<float*>(buffer.data());
  const size_t count = buffer.size() / sizeof(float);
  const size_t width = columns ? channels : count / channels;
  bool sound = true;
  const auto multiply = [&](float& weight, double factor) {
    weight = static_cast<float>(weight * factor);
    sound &= std::abs(weight) <= std::numeric_limits<float>::max();
  };
  for (size_t start = 0, row = 0; start < count; start += width, ++row) {
    float* begin = weights + start;
    if (columns) {
      for (size_t i = 0; i < width; ++i) multiply(begin[i], scale[i]);
    } else {
      for (size_t i = 0; i < width; ++i) multiply(begin[i], scale[row]);
    }
  }
  if (!sound) return {};
  return ops::ConstantData::adopt(DType::F32, old->dims(), std::move(buffer));
}

ops::ConstantRef new_bias(const ir::Node& node, const Affine& affine, Channels channels) {
  std::vector<double> old(affine.shift.size(), 0);
  if (const ir::Value* bias = node.input(kBias)) {
    if (!bias->constant()) return {};
    const auto known = per_channel(*bias->constant(), {channels.count, 0});
    if (!known) return {};
    old = *known;
  }
  return make_reals(node.output()->dtype(), Dims{channels.count}, [&](int64_t c) {
    const auto i = static_cast<size_t>(c);
    return (affine.scale.empty() ? old[i] : old[i] * affine.scale[i]) + affine.shift[i];
  });
}

/// True of constants, and of small ones that are kept as conversions.
bool is_known(const ir::Value& weight) {
  const ir::Node* node = weight.producer();
  const bool small = node && node->as<ops::Dequantize>() && node->input(0)->constant();
  return weight.constant() || small;
}

}  // namespace

std::optional<Channels> channels_of(const ir::Node& node) {
  if (!is_real(node.output()->dtype())) return std::nullopt;
  const ir::Value* weight = node.input(kWeight);
  const auto none = ops::ActivationKind::None;
  if (const auto* conv = node.as<ops::Convolution>()) {
    const expr::Expr& count = weight->shape()[0];
    if (conv->activation.kind != none || node.input(ops::kConvResidual)) return std::nullopt;
    if (!count.is_constant() || count.constant() == 0) return std::nullopt;
    return Channels{count.constant(), conv->kernel.rank()};
  }
  if (const auto* mat_mul = node.as<ops::MatMul>()) {
    if (mat_mul->activation.kind != none || weight->shape().size() != 2) return std::nullopt;
    const expr::Expr& count = weight->shape()[mat_mul->transpose_b ? 0 : 1];
    if (!is_known(*weight) || count.constant() == 0) return std::nullopt;
    return Channels{count.constant(), 0};
  }
  return std::nullopt;
}

std::optional<std::vector<double>> per_channel(const ops::ConstantData& data, Channels channels) {
  const int axis = data.dims().rank() - 1 - channels.axes_behind;
  for (int i = 0; i < data.dims().rank(); ++i) {
    const int64_t extent = data.dims()[i];
    if (extent != 1 && (i != axis || extent != channels.count)) return std::nullopt;
  }
  std::vector<double> numbers(static_cast<size_t>(channels.count), data.real(0));
  for (int64_t c = 1; c < data.count(); ++c) numbers[static_cast<size_t>(c)] = data.real(c);
  return numbers;
}

bool fold_affine(ir::Graph& graph, ir::Node& node, const Affine& affine, PassContext& context) {
  const auto channels = channels_of(node);
  const std::string name = sources_of(node).front();
  const ops::ConstantRef bias = new_bias(node, affine, *channels);
  if (!bias || !finite(*bias)) return false;
  if (!affine.scale.empty()) {
    ops::ConstantRef weights = scaled_weights(node, affine.scale);
    if (!weights) return false;
    graph.set_input(&node, kWeight,
                    constant_before(graph, &node, std::move(weights), name + ".weights", context));
  }
  graph.set_input(&node, kBias, constant_before(graph, &node, bias, name + ".bias", context));
  return true;
}

}  // namespace tenon::passes
