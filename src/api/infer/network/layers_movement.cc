// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Shuffles and slices: which operator a layer's settings come to.
#include "api/infer/network/layers_movement.h"

#include <algorithm>

#include "api/infer/network/layers_index.h"
#include "ops/new_shape.h"

namespace tenon::api {

namespace {

Dims identity(size_t rank) {
  Dims perm;
  for (size_t i = 0; i < rank; ++i) perm.push_back(static_cast<int64_t>(i));
  return perm;
}

expr::Shape permuted(const expr::Shape& shape, const Dims& perm) {
  expr::Shape turned;
  for (const int64_t axis : perm) turned.push_back(shape[static_cast<size_t>(axis)]);
  return turned;
}

/// The first `rank` entries as axes; nullopt when they are no order of them.
std::optional<Dims> order_of(const nvinfer1::Permutation& permutation, size_t rank) {
  Dims perm;
  uint32_t seen = 0;
  for (size_t i = 0; i < rank; ++i) {
    const int32_t axis = permutation.order[i];
    if (axis < 0 || static_cast<size_t>(axis) >= rank) return std::nullopt;
    seen |= 1U << axis;
    perm.push_back(axis);
  }
  return seen == (1U << rank) - 1 ? std::optional(perm) : std::nullopt;
}

nvinfer1::Permutation to_permutation(const Dims& perm) {
  nvinfer1::Permutation permutation{};
  for (int i = 0; i < nvinfer1::Dims::MAX_DIMS; ++i) {
    permutation.order[i] = i < perm.rank() ? static_cast<int32_t>(perm[i]) : i;
  }
  return permutation;
}

}  // namespace

ops::Shuffle ShuffleLayer::form() const {
  const expr::Shape& x = node_.input(0)->shape();
  if (const auto* shuffle = node_.as<ops::Shuffle>()) return *shuffle;
  if (const auto* transpose = node_.as<ops::Transpose>()) {
    return {transpose->perm, permuted(x, transpose->perm), identity(x.size())};
  }
  const expr::Shape& target = node_.as<ops::Reshape>()->target;
  return {identity(x.size()), target, identity(target.size())};
}

bool ShuffleLayer::put(ops::Shuffle form) noexcept {
  const expr::Shape& x = node_.input(0)->shape();
  const bool first = !(form.first == identity(x.size()));
  const bool second = !(form.second == identity(form.target.size()));
  const bool reshapes = form.target != permuted(x, form.first);
  return network_.change(node_, [&] {
    if (!first && !second) {
      node_.op = ops::Reshape{form.target};
    } else if (!reshapes && !second) {
      node_.op = ops::Transpose{form.first};
    } else if (!reshapes && !first) {
      node_.op = ops::Transpose{form.second};
    } else {
      node_.op = std::move(form);
    }
  });
}

std::optional<expr::Shape> ShuffleLayer::resolved(const expr::Shape& from) const {
  if (!asked_) return from;
  Diagnostics diag = network_.voice().diagnostics();
  const auto scope = diag.scope("layer", node_.name);
  auto target =
      ops::reshaped(from, *asked_, zero_is_placeholder_, network_.graph().symbols(), diag);
  return target.ok() ? std::optional(std::move(*target)) : std::nullopt;
}

bool ShuffleLayer::reshape(ops::Shuffle form) noexcept {
  return guarded(network_.voice(), false, [&] {
    auto target = resolved(permuted(node_.input(0)->shape(), form.first));
    if (!target) return false;
    form.target = std::move(*target);
    if (static_cast<size_t>(form.second.rank()) != form.target.size()) {
      form.second = identity(form.target.size());
    }
    return put(std::move(form));
  });
}

void ShuffleLayer::setInput(int32_t index, nvinfer1::ITensor& tensor) noexcept {
  if (index != 1) return LayerOf::setInput(index, tensor);
  const ops::Content* extents = network_.content_of(tensor, "the extents of a shuffle layer");
  if (extents == nullptr) return;
  const auto before = std::exchange(asked_, *extents);
  ops::Shuffle shuffle = form();
  shuffle.second = {};
  if (!reshape(std::move(shuffle))) asked_ = before;
}

void ShuffleLayer::setFirstTranspose(nvinfer1::Permutation permutation) noexcept {
  const expr::Shape& x = node_.input(0)->shape();
  const auto perm = order_of(permutation, x.size());
  if (!perm) {
    network_.voice().refuse(Code::InvalidArgument,
                            "setFirstTranspose needs an order of the input's dimensions");
    return;
  }
  ops::Shuffle shuffle = form();
  shuffle.first = *perm;
  reshape(std::move(shuffle));
}

nvinfer1::Permutation ShuffleLayer::getFirstTranspose() const noexcept {
  return to_permutation(form().first);
}

void ShuffleLayer::setReshapeDimensions(nvinfer1::Dims const& dimensions) noexcept {
  const auto dims = plugin::to_dims(dimensions);
  if (!dims) return;
  const auto before = std::exchange(asked_, ops::Content(dims->begin(), dims->end()));
  if (!reshape(form())) asked_ = before;
}

nvinfer1::Dims ShuffleLayer::getReshapeDimensions() const noexcept {
  return plugin::to_nv_dims(form().target);
}

void ShuffleLayer::setSecondTranspose(nvinfer1::Permutation permutation) noexcept {
  ops::Shuffle shuffle = form();
  const auto perm = order_of(permutation, shuffle.target.size());
  if (!perm) {
    network_.voice().refuse(
        Code::InvalidArgument,
        "setSecondTranspose needs an order of the reshape dimensions: set these "
        "first");
    return;
  }
  shuffle.second = *perm;
  put(std::move(shuffle));
}

nvinfer1::Permutation ShuffleLayer::getSecondTranspose() const noexcept {
  return to_permutation(form().second);
}

void ShuffleLayer::setZeroIsPlaceholder(bool zeroIsPlaceholder) noexcept {
  const bool before = std::exchange(zero_is_placeholder_, zeroIsPlaceholder);
  if (before == zeroIsPlaceholder || !asked_) return;
  if (!reshape(form())) zero_is_placeholder_ = before;
}

ops::Slice SliceLayer::form() const {
  if (const auto* slice = node_.as<ops::Slice>()) return *slice;
  const auto* beyond = node_.as<ops::SliceBeyond>();
  return {expr::to_shape(beyond->starts), beyond->sizes, beyond->steps};
}

std::optional<ops::Outside> SliceLayer::outside() const noexcept {
  const auto* beyond = node_.as<ops::SliceBeyond>();
  if (awaits_mode_ || beyond == nullptr) return std::nullopt;
  return beyond->outside;
}

namespace {

/// Whether the rule of an operator takes `x`, without a word.
bool takes(const ops::Op& op, const ir::Value& x, ir::Graph& graph) {
  CollectingSink sink;
  Diagnostics diag(sink);
  const ops::TensorType* const inputs[] = {&x.type};
  const ops::ConstantData* const constants[] = {nullptr};
  ops::Inference inference{inputs, constants, graph.symbols(), diag, {}};
  return ops::infer(op, inference).ok();
}

}  // namespace

ops::Op SliceLayer::strict(const ops::Slice& form, const ir::Value& x, ir::Graph& graph) {
  const auto starts = expr::to_dims(form.starts);
  if (!starts || takes(form, x, graph)) return form;
  const ops::SliceBeyond beyond{*starts, form.sizes, form.steps, ops::Outside::Fill, 0};
  if (takes(beyond, x, graph)) return beyond;
  return form;
}

bool SliceLayer::put(const ops::Slice& form, std::optional<ops::Outside> outside) noexcept {
  const bool awaited = std::exchange(awaits_mode_, false);
  if (!outside) {
    const ops::Op op = strict(form, *node_.input(0), network_.graph());
    awaits_mode_ = std::holds_alternative<ops::SliceBeyond>(op);
    const bool done = network_.change(node_, [&] { node_.op = op; });
    if (!done) awaits_mode_ = awaited;
    return done;
  }
  const auto starts = expr::to_dims(form.starts);
  if (!starts) {
    network_.voice().refuse(Code::Unsupported,
                            "a slice that goes beyond its input needs starts that are numbers");
    awaits_mode_ = awaited;
    return false;
  }
  const bool done = network_.change(node_, [&] {
    node_.op = ops::SliceBeyond{*starts, form.sizes, form.steps, *outside, filler_};
  });
  if (!done) awaits_mode_ = awaited;
  return done;
}

ops::Slice SliceLayer::asked() const { return asked_ ? *asked_ : form(); }

std::optional<ops::Slice> SliceLayer::spread(const ops::Slice& asked,
                                             const std::optional<Dims>& axes) const {
  const expr::Shape& x = node_.input(0)->shape();
  const size_t count = axes ? static_cast<size_t>(axes->rank()) : x.size();
  const bool even = asked.starts.size() == count && asked.sizes.size() == count &&
                    static_cast<size_t>(asked.steps.rank()) == count;
  if (!even) return std::nullopt;
  if (!axes) return asked;
  const int rank = static_cast<int>(x.size());
  ops::Slice all{expr::Shape(x.size(), expr::Expr(0)), x, Dims::filled(rank, 1)};
  for (int i = 0; i < axes->rank(); ++i) {
    const int64_t axis = (*axes)[i];
    all.starts[static_cast<size_t>(axis)] = asked.starts[static_cast<size_t>(i)];
    all.sizes[static_cast<size_t>(axis)] = asked.sizes[static_cast<size_t>(i)];
    all.steps[static_cast<int>(axis)] = asked.steps[i];
  }
  return all;
}

bool SliceLayer::ask(ops::Slice asked, std::optional<Dims> axes) noexcept {
  const auto whole = spread(asked, axes);
  if (whole && !put(*whole, outside())) return false;
  asked_ = std::move(asked);
  axes_ = axes;
  return true;
}

std::string SliceLayer::unfinished() const {
  constexpr const char* kPlaces[] = {"", "start", "size", "stride", "filling number", "axes"};
  for (size_t i = 1; i < refused_.size(); ++i) {
    if (!refused_[i]) continue;
    return fmt::format(
        "slice layer '{}' was given a tensor ('{}') as its {} that could not be followed: give "
        "numbers, or one that follows from shapes and shape inputs",
        node_.name, told_[i]->getName(), kPlaces[i]);
  }
  if (!asked_ || spread(*asked_, axes_)) {
    if (!awaits_mode_) return {};
    const auto text_of = [&](const expr::Shape& shape) {
      return expr::to_string(shape, network_.graph().symbols());
    };
    return fmt::format(
        "slice layer '{}' reads beyond its input: start, size and stride are {}, {} and {}, and "
        "the "
        "input has {}: slice within it, or say what is outside by ISliceLayer::setMode",
        node_.name, text_of(form().starts), text_of(form().sizes),
        text_of(expr::to_shape(form().steps)), text_of(node_.input(0)->shape()));
  }
  return fmt::format(
      "slice layer '{}' has {} starts, {} sizes and {} strides for {} axes: give one of each for "
      "every axis, or name the axes by ISliceLayer::setAxes",
      node_.name, asked_->starts.size(), asked_->sizes.size(), asked_->steps.rank(),
      axes_ ? static_cast<size_t>(axes_->rank()) : node_.input(0)->shape().size());
}

void SliceLayer::setAxes(nvinfer1::Dims const& axes) noexcept {
  if (name_axes(axes)) forget(5);
}

bool SliceLayer::name_axes(nvinfer1::Dims const& axes) noexcept {
  if (axes.nbDims < 0) return ask(asked(), std::nullopt);
  const auto rank = static_cast<int64_t>(node_.input(0)->shape().size());
  Dims named;
  for (int32_t i = 0; i < axes.nbDims; ++i) {
    const int64_t axis = axes.d[i] < 0 ? axes.d[i] + rank : axes.d[i];
    if (axis < 0 || axis >= rank || std::ranges::find(named, axis) != named.end()) {
      network_.voice().refuse(
          Code::InvalidArgument,
          fmt::format("ISliceLayer::setAxes: {} is no axis of a tensor of rank {}, or named twice",
                      axes.d[i], rank));
      return false;
    }
    named.push_back(axis);
  }
  return ask(asked(), named);
}

void SliceLayer::setInput(int32_t index, nvinfer1::ITensor& tensor) noexcept {
  if (index < 1 || index > 5) return LayerOf::setInput(index, tensor);
  const auto at = static_cast<size_t>(index);
  told_[at] = &tensor;
  refused_[at] = !take(index, tensor);
}

int32_t SliceLayer::getNbInputs() const noexcept {
  for (size_t i = told_.size() - 1; i > 0; --i) {
    if (told_[i] != nullptr) return static_cast<int32_t>(i) + 1;
  }
  return LayerOf::getNbInputs();
}

nvinfer1::ITensor* SliceLayer::getInput(int32_t index) const noexcept {
  if (index < 1 || index > 5) return LayerOf::getInput(index);
  return told_[static_cast<size_t>(index)];
}

void SliceLayer::forget(size_t index) noexcept {
  told_[index] = nullptr;
  refused_[index] = false;
}

bool SliceLayer::take(int32_t index, nvinfer1::ITensor& tensor) noexcept {
  if (index == 4) {
    const ir::Value* value = network_.value_of(tensor);
    if (value == nullptr || value->constant() == nullptr || value->constant()->count() != 1) {
      network_.voice().refuse(Code::Unsupported,
                              "the number that fills a slice must be a constant of one element");
      return false;
    }
    filler_ = static_cast<float>(value->constant()->real(0));
    return !outside() || put(form(), outside());
  }
  const ops::Content* content =
      network_.content_of(tensor, "start, size, stride or axes of a slice layer");
  if (content == nullptr) return false;
  ops::Slice slice = asked();
  if (index == 1) slice.starts.assign(content->begin(), content->end());
  if (index == 2) slice.sizes.assign(content->begin(), content->end());
  if (index >= 3) {
    const auto numbers = expr::to_dims({content->begin(), content->end()});
    if (!numbers) {
      network_.voice().refuse(Code::Unsupported,
                              "the strides and axes of a slice layer must be numbers");
      return false;
    }
    if (index == 5) return name_axes(plugin::to_nv_dims(*numbers));
    slice.steps = *numbers;
  }
  return ask(std::move(slice), axes_);
}

void SliceLayer::setStart(nvinfer1::Dims const& start) noexcept {
  const auto dims = plugin::to_dims(start);
  ops::Slice slice = asked();
  if (dims) slice.starts = expr::to_shape(*dims);
  if (dims && ask(std::move(slice), axes_)) forget(1);
}

void SliceLayer::setSize(nvinfer1::Dims const& size) noexcept {
  const auto dims = plugin::to_dims(size);
  ops::Slice slice = asked();
  if (dims) slice.sizes = expr::to_shape(*dims);
  if (dims && ask(std::move(slice), axes_)) forget(2);
}

void SliceLayer::setStride(nvinfer1::Dims const& stride) noexcept {
  const auto dims = plugin::to_dims(stride);
  ops::Slice slice = asked();
  if (dims) slice.steps = *dims;
  if (dims && ask(std::move(slice), axes_)) forget(3);
}

void SliceLayer::setMode(nvinfer1::SampleMode mode) noexcept {
  put(form(), to_own(kOutsides, mode));
}

nvinfer1::SampleMode SliceLayer::getMode() const noexcept {
  const auto how = outside();
  return how ? to_foreign(kOutsides, *how) : nvinfer1::SampleMode::kSTRICT_BOUNDS;
}

}  // namespace tenon::api
