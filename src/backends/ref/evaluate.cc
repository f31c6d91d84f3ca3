// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One node on constants: infer, make the kernel as a plan would, run it once.
#include "backends/ref/evaluate.h"

#include <cstring>
#include <deque>

#include "backends/ref/candidate.h"
#include "ops/rule.h"

namespace tenon::ref {

namespace {

/// Says nothing to anybody.
class Silence final : public DiagnosticSink {
  void report(Severity, Code, std::string_view) noexcept override {}
};

/// An axis of an output whose extent another output tells.
struct SizedAxis {
  size_t output;
  int axis;
  size_t told_by;
};

/// What the rule says of the outputs; sizes that only a run tells are at their greatest, and
/// `sized` says where, and which outputs tell them.
Result<std::vector<ops::TensorType>> infer(const ops::Op& op,
                                           std::span<const ops::ConstantData* const> inputs,
                                           std::vector<SizedAxis>& sized, Diagnostics& diag) {
  std::vector<ops::TensorType> types(inputs.size());
  std::vector<const ops::TensorType*> given(inputs.size(), nullptr);
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] == nullptr) continue;
    types[i] = {inputs[i]->dtype(), expr::to_shape(inputs[i]->dims()), ops::content_of(*inputs[i])};
    given[i] = &types[i];
  }
  expr::SymbolTable symbols;
  ops::Inference inference{given, inputs, symbols, diag, {}};
  TENON_TRY(ops::infer(op, inference));
  for (const ops::SizeTensor& size : inference.sizes) {
    const expr::Expr symbol = expr::Expr::symbol(size.symbol);
    for (size_t i = 0; i < inference.outputs.size(); ++i) {
      expr::Shape& shape = inference.outputs[i].shape;
      for (size_t axis = 0; axis < shape.size(); ++axis) {
        if (!(shape[axis] == symbol)) continue;
        shape[axis] = *symbols[size.symbol].upper;
        sized.push_back({i, static_cast<int>(axis), size.output});
      }
    }
  }
  return std::move(inference.outputs);
}

kernel::PortInfo port(DType dtype, const Dims& dims) {
  kernel::PortInfo info;
  info.dtype = dtype;
  info.min = info.opt = info.max = dims;
  info.shape = expr::to_shape(dims);
  return info;
}

/// Buffers and descriptors of one run.
class Evaluation {
 public:
  Evaluation(const ops::Op& op, std::span<const ops::ConstantData* const> inputs) {
    node_.op = &op;
    for (const ops::ConstantData* input : inputs) add_input(input);
  }

  Status add_output(const ops::TensorType& type, size_t& bytes_left) {
    const auto dims = expr::to_dims(type.shape);
    if (!dims) return {Code::Unsupported, "an output's shape is not known"};
    const size_t bytes = byte_size(type.dtype, static_cast<size_t>(dims->volume()));
    if (bytes > bytes_left) return {Code::OutOfMemory, "an output is too large to be computed"};
    bytes_left -= bytes;
    AlignedBuffer& buffer = outputs_.emplace_back(bytes);
    if (bytes != 0 && buffer.data() == nullptr) return {Code::OutOfMemory, "no memory"};
    node_.outputs.push_back(port(type.dtype, *dims));
    output_descs_.push_back({type.dtype, {}, *dims, 0});
    output_pointers_.push_back(buffer.data());
    return {};
  }

  Status run(Diagnostics& diag) {
    const Row* row = find_kernel(ops::name_of(*node_.op));
    if (row == nullptr) return {Code::Unsupported, "there is no reference kernel"};
    TENON_TRY(supports(*row, node_, diag));
    TENON_ASSIGN(const auto record, make_record(*row, node_, diag));
    const kernel::RecordHolder holder(record, "", input_descs_, output_descs_);
    TENON_ASSIGN(const auto loaded, load(holder.view(), diag));
    AlignedBuffer workspace(loaded->workspace(input_descs_, output_descs_));
    TENON_ASSIGN(const auto instance, loaded->create_instance({}));
    TENON_TRY(instance->on_shapes(input_descs_, output_descs_));
    return instance->run({input_descs_.data(), output_descs_.data(), input_pointers_.data(),
                          output_pointers_.data(), workspace.data(), nullptr});
  }

  /// Cuts outputs to the sizes that the run told.
  Status cut(const std::vector<SizedAxis>& sized) {
    for (const SizedAxis& one : sized) {
      const AlignedBuffer& teller = outputs_[one.told_by];
      int64_t size = 0;
      if (teller.size() == sizeof size) {
        std::memcpy(&size, teller.data(), sizeof size);
      } else {
        int32_t narrow = 0;
        std::memcpy(&narrow, teller.data(), sizeof narrow);
        size = narrow;
      }
      kernel::TensorDesc& desc = output_descs_[one.output];
      if (size < 0 || size > desc.dims[one.axis]) return {Code::Internal, "a kernel told no size"};
      desc.dims[one.axis] = size;
      const size_t bytes = byte_size(desc.dtype, static_cast<size_t>(desc.dims.volume()));
      AlignedBuffer shorter(bytes);
      if (bytes != 0) std::memcpy(shorter.data(), outputs_[one.output].data(), bytes);
      outputs_[one.output] = std::move(shorter);
    }
    return {};
  }

  std::vector<ops::ConstantRef> take_outputs() {
    std::vector<ops::ConstantRef> result;
    for (size_t i = 0; i < outputs_.size(); ++i) {
      result.push_back(ops::ConstantData::adopt(output_descs_[i].dtype, output_descs_[i].dims,
                                                std::move(outputs_[i])));
    }
    return result;
  }

 private:
  void add_input(const ops::ConstantData* input) {
    kernel::PortInfo info = input == nullptr ? port({}, {}) : port(input->dtype(), input->dims());
    info.present = input != nullptr;
    info.constant = input;
    input_descs_.push_back({info.dtype, {}, info.opt, 0});
    node_.inputs.push_back(std::move(info));
    const std::byte* data = input == nullptr ? nullptr : input->bytes().data();
    // Elements are read as their own type, but a model file keeps them anywhere.
    if (reinterpret_cast<uintptr_t>(data) % sizeof(double) != 0) {
      AlignedBuffer& copy = copies_.emplace_back(input->bytes().size());
      if (copy.data() != nullptr) std::memcpy(copy.data(), data, copy.size());
      data = copy.data();
    }
    input_pointers_.push_back(data);
  }

  kernel::NodeInfo node_;
  std::vector<kernel::TensorDesc> input_descs_, output_descs_;
  std::vector<const void*> input_pointers_;
  std::vector<void*> output_pointers_;
  std::deque<AlignedBuffer> copies_;
  std::vector<AlignedBuffer> outputs_;
};

}  // namespace

Result<std::vector<ops::ConstantRef>> evaluate(const ops::Op& op,
                                               std::span<const ops::ConstantData* const> inputs,
                                               size_t most_bytes) {
  Silence silence;
  Diagnostics diag(silence);
  std::vector<SizedAxis> sized;
  TENON_ASSIGN(const auto types, infer(op, inputs, sized, diag));
  Evaluation evaluation(op, inputs);
  for (const ops::TensorType& type : types) {
    TENON_TRY(evaluation.add_output(type, most_bytes));
  }
  TENON_TRY(evaluation.run(diag));
  TENON_TRY(evaluation.cut(sized));
  return evaluation.take_outputs();
}

}  // namespace tenon::ref
