// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Weights of scale layers, and extents of fill layers.
#include "api/infer/network/layers_scale.h"

#include "api/infer/network/layers_window.h"

namespace tenon::api {

std::optional<Dims> ScaleLayer::weight_dims(ops::ScaleMode mode, int64_t axis,
                                            const expr::Shape& x) {
  if (mode == ops::ScaleMode::Uniform) return Dims{};
  if (axis < 0 || static_cast<size_t>(axis) >= x.size()) return std::nullopt;
  const expr::Shape behind(x.begin() + axis, x.end());
  if (mode == ops::ScaleMode::Elementwise) return expr::to_dims(behind);
  if (!behind[0].is_constant()) return std::nullopt;
  Dims dims = Dims::filled(static_cast<int>(behind.size()), 1);
  dims[0] = behind[0].constant();
  return dims;
}

ops::ScaleShift* ScaleLayer::own() noexcept {
  auto* scale = node_.as<ops::ScaleShift>();
  if (scale == nullptr) {
    network_.voice().refuse(Code::Unsupported,
                            "the layer '" + node_.name +
                                "' is a batch normalisation: change the constants that it reads");
  }
  return scale;
}

void ScaleLayer::set(size_t input, const nvinfer1::Weights& weights) noexcept {
  const ops::ScaleShift* scale = own();
  if (scale == nullptr) return;
  const auto dims = weight_dims(scale->mode, scale->axis, node_.input(0)->shape());
  if (dims) network_.replace_weights(node_, input, weights, *dims);
}

nvinfer1::Weights ScaleLayer::get(size_t input) const noexcept {
  if (node_.as<ops::ScaleShift>() == nullptr) return {nvinfer1::DataType::kFLOAT, nullptr, 0};
  return weights_of(node_.input(input));
}

nvinfer1::ScaleMode ScaleLayer::getMode() const noexcept {
  const auto* scale = node_.as<ops::ScaleShift>();
  return scale == nullptr ? nvinfer1::ScaleMode::kCHANNEL : to_foreign(kScaleModes, scale->mode);
}

int32_t ScaleLayer::getChannelAxis() const noexcept {
  const auto* scale = node_.as<ops::ScaleShift>();
  return scale == nullptr ? 1 : static_cast<int32_t>(scale->axis);
}

void ScaleLayer::setMode(nvinfer1::ScaleMode mode) noexcept {
  const auto kind = to_own(kScaleModes, mode);
  if (const ops::ScaleShift* scale = own(); scale != nullptr && kind) reshape(*kind, scale->axis);
}

void ScaleLayer::setChannelAxis(int32_t channelAxis) noexcept {
  if (const ops::ScaleShift* scale = own()) reshape(scale->mode, channelAxis);
}

/// The weights that are there, as another mode or axis reads them.
bool ScaleLayer::reshape(ops::ScaleMode mode, int64_t axis) noexcept {
  const auto dims = weight_dims(mode, axis, node_.input(0)->shape());
  for (size_t i = 1; dims && i < node_.inputs().size(); ++i) {
    const nvinfer1::Weights weights = get(i);
    if (weights.count > 0 && !network_.replace_weights(node_, i, weights, *dims)) return false;
  }
  return dims && change<ops::ScaleShift>([&](auto& op) {
           op.mode = mode;
           op.axis = axis;
         });
}

void FillLayer::setInput(int32_t index, nvinfer1::ITensor& tensor) noexcept {
  if (index != 0) return LayerOf::setInput(index, tensor);
  const ops::Content* extents = network_.content_of(tensor, "the extents of a fill layer");
  if (extents == nullptr) return;
  change<ops::Fill>([&](auto& op) { op.target.assign(extents->begin(), extents->end()); });
}

void FillLayer::setDimensions(nvinfer1::Dims const& dimensions) noexcept {
  if (const auto dims = plugin::to_dims(dimensions)) {
    change<ops::Fill>([&](auto& op) { op.target = expr::to_shape(*dims); });
  }
}

int32_t DynamicQuantizeLayer::getAxis() const noexcept {
  const Dims& block = op<ops::DynamicQuantize>().block;
  int32_t found = -1;
  for (int32_t i = 0; i < block.rank(); ++i) {
    if (block[i] == 1) continue;
    if (found >= 0) return -1;
    found = i;
  }
  return found;
}

void DynamicQuantizeLayer::set_row(int32_t axis, int32_t size) noexcept {
  const int rank = op<ops::DynamicQuantize>().block.rank();
  if (axis < 0 || axis >= rank) {
    network_.voice().refuse(Code::InvalidArgument,
                            "blocks along one axis need one of the input's: see setBlockShape");
    return;
  }
  change<ops::DynamicQuantize>([&](auto& op) {
    op.block = Dims::filled(rank, 1);
    op.block[axis] = size;
  });
}

}  // namespace tenon::api
