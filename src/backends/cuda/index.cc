// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Elements and slices found and written by their indices: GatherElements, GatherNd, Scatter,
// OneHot.
#include <fmt/core.h>

#include <algorithm>

#include "backends/cuda/own_kernel.h"
#include "backends/cuda/texts.h"

namespace tenon::cuda {

namespace {

using kernel::TensorDesc;

constexpr size_t kIndexAxes = 8;  // as in index.cu

std::string index_text(DType indices, const char* element, const char* reduce) {
  return kFunctionsText +
         fmt::format("typedef {} T;\ntypedef {} I;\n#define REDUCES {}\n#define REDUCE {}\n",
                     element, type_name(indices), reduce == nullptr ? 0 : 1,
                     reduce == nullptr ? "none" : reduce) +
         kIndexText;
}
std::string gather_text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return index_text(node.inputs[1].dtype, moved_name(node.outputs[0].dtype), nullptr);
}

std::string refuse_indices(const kernel::NodeInfo& node, size_t indices) {
  for (const kernel::PortInfo& input : node.inputs) {
    if (input.opt.rank() > static_cast<int>(kIndexAxes)) {
      return fmt::format("it has more than {} axes", kIndexAxes);
    }
  }
  const DType type = node.inputs[indices].dtype;
  if (type != DType::I32 && type != DType::I64) {
    return fmt::format("its indices are {}", to_string(type));
  }
  return refuse_types(node, kAllTypes);
}

/// What is read, its indices, what is written, and perhaps the marks.
void put_tensors(const std::vector<Place>& tensors, Arguments& args) {
  for (const Place& tensor : tensors) args.place(tensor);
  if (tensors.size() < 4) args.nothing();
}

/// The struct Elements: `places` are the extents of indices, `dims` those of the indexed tensor.
Launch element_launch(const char* name, const Dims& places, const Dims& dims, int axis,
                      const std::vector<Place>& tensors) {
  Launch launch = launch_of(name, places.volume());
  const Dims strides = row_major_strides(dims);
  std::vector<int64_t> extents, steps;
  for (int i = places.rank(); i-- > 0;) {
    extents.push_back(places[i]);
    steps.push_back(i == axis ? 0 : strides[i]);
  }
  Arguments& args = launch.arguments;
  put_tensors(tensors, args);
  args.u32(places.volume()).i32(places.rank()).i32(dims[axis]).i32(strides[axis]);
  args.divisors(extents, kIndexAxes).i32s(steps, kIndexAxes);
  return launch;
}

/// True when indices of extents `places` may index `dims` along `axis`.
bool beside_each_other(const Dims& places, const Dims& dims, int64_t axis) {
  if (axis < 0 || axis >= dims.rank() || places.rank() != dims.rank()) return false;
  for (int i = 0; i < dims.rank(); ++i) {
    if (i != axis && places[i] > dims[i]) return false;
  }
  return true;
}

/// The struct Slices: tuples of `indices` behind `batch` axes into `dims`.
Launch slice_launch(const char* name, const Dims& indices, const Dims& dims, int batch,
                    const std::vector<Place>& tensors) {
  const auto length = static_cast<int>(indices.back());
  int64_t tuples = 1, batches = 1, slice = 1, whole = 1;
  for (int i = 0; i < batch; ++i) batches *= dims[i];
  for (int i = batch; i < indices.rank() - 1; ++i) tuples *= indices[i];
  for (int i = batch; i < dims.rank(); ++i) {
    whole *= dims[i];
    if (i >= batch + length) slice *= dims[i];
  }
  const Dims strides = row_major_strides(dims);
  std::vector<int64_t> extents, steps;
  for (int i = batch; i < batch + length; ++i) {
    extents.push_back(dims[i]);
    steps.push_back(strides[i] / std::max<int64_t>(slice, 1));
  }
  const int64_t items = batches * tuples * slice;
  Launch launch = launch_of(name, items);
  Arguments& args = launch.arguments;
  put_tensors(tensors, args);
  args.u32(items).i32(length).i32(whole).divisor(slice).divisor(tuples);
  args.i32s(extents, kIndexAxes).i32s(steps, kIndexAxes);
  return launch;
}
/// True when tuples of `indices` behind `batch` axes may index `dims`, and `slices` is what they
/// name there.
bool fits_tuples(const Dims& indices, const Dims& dims, int64_t batch, const Dims& slices) {
  if (batch < 0 || indices.rank() <= batch || indices.back() < 0 ||
      batch + indices.back() > dims.rank()) {
    return false;
  }
  const int named = static_cast<int>(batch + indices.back()), tuples = indices.rank() - 1;
  if (slices.rank() != tuples + dims.rank() - named) return false;
  for (int i = 0; i < slices.rank(); ++i) {
    if (slices[i] != (i < tuples ? indices[i] : dims[i - tuples + named])) return false;
  }
  return std::equal(dims.begin(), dims.begin() + batch, indices.begin());
}

class GatherElementsPlanner final : public Planner {
 public:
  explicit GatherElementsPlanner(int64_t axis) : axis_(axis) {}
  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims &data = shapes.inputs[0].dims, &places = shapes.inputs[1].dims;
    if (!beside_each_other(places, data, axis_) || shapes.outputs[0].dims != places ||
        data.volume() == 0) {
      return kUnlikeShapes;
    }
    launches.push_back(element_launch("gather_elements", places, data, static_cast<int>(axis_),
                                      {input(0), input(1), output(0)}));
    return {};
  }

 private:
  int64_t axis_;
};

class GatherNdPlanner final : public Planner {
 public:
  explicit GatherNdPlanner(int64_t batch) : batch_(batch) {}
  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims &data = shapes.inputs[0].dims, &indices = shapes.inputs[1].dims;
    if (!fits_tuples(indices, data, batch_, shapes.outputs[0].dims) || data.volume() == 0) {
      return kUnlikeShapes;
    }
    launches.push_back(slice_launch("gather_slices", indices, data, static_cast<int>(batch_),
                                    {input(0), input(1), output(0)}));
    return {};
  }

 private:
  int64_t batch_;
};

class ScatterPlanner final : public Planner {
 public:
  explicit ScatterPlanner(const ops::Scatter& op) : op_(op) {}

  /// A mark for each element or slice that may be written.
  [[nodiscard]] size_t workspace(const Shapes& shapes) const override {
    if (op_.reduction != ops::ScatterReduction::None) return 0;
    const Dims &data = shapes.inputs[0].dims, &indices = shapes.inputs[1].dims;
    const bool slices = op_.mode != ops::ScatterMode::Elements && indices.rank() > 0;
    const int64_t axes = slices ? std::min<int64_t>(indices.back(), data.rank()) : data.rank();
    int64_t marks = 1;
    for (int i = 0; i < axes; ++i) marks *= data[i];
    return static_cast<size_t>(marks) * sizeof(uint32_t);
  }

  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const TensorDesc &data = shapes.inputs[0], &updates = shapes.inputs[2];
    const Dims& indices = shapes.inputs[1].dims;
    const bool elements = op_.mode == ops::ScatterMode::Elements;
    if (shapes.outputs[0].dims != data.dims) return kUnlikeShapes;
    launches.push_back(
        copy_of(output(0), input(0), byte_size(data.dtype, static_cast<size_t>(data.elements()))));
    if (updates.elements() == 0) return {};
    if (elements ? !beside_each_other(indices, data.dims, op_.axis) || updates.dims != indices
                 : !fits_tuples(indices, data.dims, 0, updates.dims)) {
      return kUnlikeShapes;
    }
    const std::vector<Place> tensors = {input(2), input(1), output(0), scratch()};
    Launch writes = elements ? element_launch("scatter_elements", indices, data.dims,
                                              static_cast<int>(op_.axis), tensors)
                             : slice_launch("scatter_slices", indices, data.dims, 0, tensors);
    if (op_.reduction == ops::ScatterReduction::None) {
      Launch& clears = launches.emplace_back();
      clears.what = Launch::What::Zero;
      clears.arguments.place(scratch());
      clears.bytes = workspace(shapes);
      Launch marks = writes;
      marks.kernel = elements ? "mark_elements" : "mark_slices";
      launches.push_back(std::move(marks));
    }
    launches.push_back(std::move(writes));
    return {};
  }

 private:
  ops::Scatter op_;
};

class OneHotPlanner final : public Planner {
 public:
  explicit OneHotPlanner(int64_t axis) : axis_(axis) {}
  Status plan(const Shapes& shapes, std::vector<Launch>& launches) const override {
    const Dims& out = shapes.outputs[0].dims;
    if (axis_ < 0 || axis_ >= out.rank()) return kUnlikeShapes;
    const auto axis = static_cast<int>(axis_);
    if (shapes.inputs[0].elements() * out[axis] != out.volume() ||
        shapes.inputs[1].elements() != 2) {
      return kUnlikeShapes;
    }
    Launch launch = launch_of("one_hot", out.volume());
    launch.arguments.place(input(0)).place(input(1)).place(output(0)).u32(out.volume());
    launch.arguments.divisor(row_major_strides(out)[axis]).divisor(out[axis]);
    launches.push_back(std::move(launch));
    return {};
  }

 private:
  int64_t axis_;
};

bool has_ports(const kernel::RecordView& record, size_t inputs) {
  if (record.inputs.size() < inputs || record.outputs.size() != 1) return false;
  return std::ranges::none_of(record.inputs.first(inputs), &TensorDesc::absent);
}

/// Of operators with one number, an axis or a count of axes.
template <class Of>
std::unique_ptr<Planner> index_planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto number = bytes.take<int64_t>();
  if (!has_ports(record, 2)) return nullptr;
  return std::make_unique<Of>(number);
}

}  // namespace

namespace gather_elements {
namespace {
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  bytes.put(std::get<ops::GatherElements>(*node.op).axis);
}
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &gather_text, &parameters,
                        &index_planner<GatherElementsPlanner>, nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_indices(node, 1);
}
}  // namespace gather_elements

namespace gather_nd {
namespace {
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  bytes.put(std::get<ops::GatherNd>(*node.op).batch_dims);
}
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &gather_text, &parameters,
                        &index_planner<GatherNdPlanner>, nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_indices(node, 1);
}
}  // namespace gather_nd

namespace scatter {
namespace {
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  constexpr const char* kReduces[] = {nullptr, "ew_add", "ew_mul", "ew_max", "ew_min"};
  const auto reduction = static_cast<size_t>(std::get<ops::Scatter>(*node.op).reduction);
  const DType type = node.outputs[0].dtype;
  return index_text(node.inputs[1].dtype, reduction == 0 ? moved_name(type) : type_name(type),
                    kReduces[reduction]);
}
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  if (const auto packed = ops::pack(*node.op); packed.ok()) bytes.raw(*packed);
}
std::unique_ptr<Planner> planner(ByteReader& bytes, const kernel::RecordView& record) {
  const auto op = ops::unpack<ops::Scatter>(bytes);
  if (!op.ok() || !has_ports(record, 3)) return nullptr;
  return std::make_unique<ScatterPlanner>(*op);
}
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &planner, nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_indices(node, 1);
}
}  // namespace scatter

namespace one_hot {
namespace {
void parameters(const kernel::NodeInfo& node, const kernel::Configuration&, ByteWriter& bytes) {
  bytes.put(std::get<ops::OneHot>(*node.op).axis);
}
std::string text(const kernel::NodeInfo& node, const kernel::Configuration&) {
  return index_text(node.inputs[0].dtype, moved_name(node.outputs[0].dtype), nullptr);
}
}  // namespace
const OwnKernel kOwn = {&linear_configurations, &text, &parameters, &index_planner<OneHotPlanner>,
                        nullptr};
std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_indices(node, 0);
}
}  // namespace one_hot

}  // namespace tenon::cuda
