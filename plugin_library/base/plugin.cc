// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Types, shapes and formats out of the signature, and the conversion of float16.
#include "plugin_library/base/plugin.h"

#include <algorithm>

#include "plugin_library/base/half.h"
#include "plugin_library/base/messages.h"

namespace shipped {

namespace {

using nvinfer1::DataType;
using nvinfer1::DimsExprs;
using nvinfer1::PluginTensorDesc;

using Tensors = std::array<Tensor, kMostTensors>;

bool allows(Element element, DataType type) {
  switch (element) {
    case Element::Real:
      return type == DataType::kFLOAT || type == DataType::kHALF;
    case Element::Real32:
      return type == DataType::kFLOAT;
    case Element::Real16:
      return type == DataType::kHALF;
    case Element::Int32:
      return type == DataType::kINT32;
    case Element::Index:
      return type == DataType::kINT32 || type == DataType::kINT64;
    case Element::Number:
      return allows(Element::Real, type) || allows(Element::Index, type);
  }
  return false;
}

char const* allowed(Element element) {
  switch (element) {
    case Element::Real:
      return "float32 or float16";
    case Element::Real32:
      return "float32";
    case Element::Real16:
      return "float16";
    case Element::Int32:
      return "int32";
    case Element::Index:
      return "int32 or int64";
    case Element::Number:
      return "float32, float16, int32 or int64";
  }
  return "";
}

/// Must all tensors declared so have one type?
bool isShared(Element element) { return element == Element::Real || element == Element::Number; }

/// Bytes of the float32 copy of a float16 tensor; 0 for other types.
size_t copyBytes(Tensor const& tensor) {
  if (tensor.type != DataType::kHALF) return 0;
  return aligned(static_cast<size_t>(std::max<int64_t>(tensor.volume(), 0)) * sizeof(float));
}

void* alignedStart(void* workspace) {
  return reinterpret_cast<void*>(aligned(reinterpret_cast<size_t>(workspace)));
}

using Descs = std::span<PluginTensorDesc const>;

/// The first `descs` of a run, without data.
std::span<Tensor const> tensorsOf(Descs descs, Tensors& tensors) {
  for (size_t i = 0; i < descs.size(); ++i) tensors[i] = {descs[i].dims, descs[i].type, nullptr};
  return {tensors.data(), descs.size()};
}

/// Hands out the copies of float16 tensors, from the start of the workspace on.
class Copies {
 public:
  explicit Copies(void* workspace) : free_(static_cast<std::byte*>(alignedStart(workspace))) {}

  /// Points `tensor` at a copy if it is to have one.
  bool take(Tensor& tensor) {
    size_t const bytes = copyBytes(tensor);
    if (bytes == 0) return false;
    tensor.data = free_;
    free_ += bytes;
    return true;
  }
  std::byte* rest() const { return free_; }

 private:
  std::byte* free_;
};

}  // namespace

int64_t Tensor::volume() const noexcept {
  int64_t count = 1;
  for (int32_t i = 0; i < dims.nbDims; ++i) count *= dims.d[i];
  return count;
}

int64_t Tensor::index(int64_t i) const noexcept {
  return type == DataType::kINT64 ? as<int64_t const>()[i] : as<int32_t const>()[i];
}

DimsExprs ShapeRules::shape(std::initializer_list<Extent> extents) {
  DimsExprs made{};
  made.nbDims = static_cast<int32_t>(extents.size());
  std::copy(extents.begin(), extents.end(), made.d);
  return made;
}

bool Plugin::fail(std::string const& sentence) const noexcept {
  return refuse(std::string(identity_.name) + " version " + identity_.version + ": " + sentence);
}

Element Plugin::element(size_t position, size_t inputs) const noexcept {
  Signature const all = signature();
  return position < inputs ? all.inputs[position] : all.outputs[position - inputs];
}

bool Plugin::takes(size_t inputs) const noexcept {
  Signature const all = signature();
  if (inputs >= all.required && inputs <= all.inputs.size()) return true;
  return fail("has " + std::to_string(inputs) + " inputs, it must have " +
              (all.required == all.inputs.size() ? "" : std::to_string(all.required) + " to ") +
              std::to_string(all.inputs.size()));
}

bool Plugin::outputTypes(std::span<DataType const> inputs,
                         std::span<DataType> outputs) const noexcept {
  Signature const all = signature();
  if (!takes(inputs.size())) return false;
  DataType shared = DataType::kFLOAT;
  for (size_t i = inputs.size(); i-- > 0;) {
    if (!allows(all.inputs[i], inputs[i])) {
      return fail("input " + std::to_string(i) + " must be " + allowed(all.inputs[i]));
    }
    if (isShared(all.inputs[i])) shared = inputs[i];
  }
  for (size_t i = 0; i < outputs.size(); ++i) {
    Element const kind = all.outputs[i];
    outputs[i] = isShared(kind)            ? shared
                 : kind == Element::Real32 ? DataType::kFLOAT
                 : kind == Element::Real16 ? DataType::kHALF
                                           : DataType::kINT32;
  }
  return true;
}

bool Plugin::outputShapes(ShapeRules const& rules,
                          std::span<nvinfer1::DimsExprs> outputs) const noexcept {
  return takes(rules.in.size()) && shapes(rules, outputs);
}

bool Plugin::supports(Descs tensors, size_t inputs) const noexcept {
  size_t const at = tensors.size() - 1;
  Signature const all = signature();
  if (inputs > all.inputs.size() || at >= inputs + all.outputs.size()) return false;
  if (tensors[at].format != nvinfer1::TensorFormat::kLINEAR) return false;
  Element const kind = element(at, inputs);
  if (!allows(kind, tensors[at].type)) return false;
  if (!isShared(kind)) return true;
  for (size_t i = 0; i < at; ++i) {
    if (element(i, inputs) == kind) return tensors[i].type == tensors[at].type;
  }
  return true;
}

size_t Plugin::scratchBytes(std::span<Tensor const>, std::span<Tensor const>) const noexcept {
  return 0;
}

size_t Plugin::workspaceBytes(Descs inputs, Descs outputs) const noexcept {
  if (!takes(inputs.size()) || outputs.size() != outputCount()) return 0;
  Tensors ins, outs;
  auto const in = tensorsOf(inputs, ins), out = tensorsOf(outputs, outs);
  size_t bytes = aligned(scratchBytes(in, out));
  for (Tensor const& tensor : in) bytes += copyBytes(tensor);
  for (Tensor const& tensor : out) bytes += copyBytes(tensor);
  return bytes == 0 ? 0 : bytes + 64;
}

bool Plugin::accepts(Descs inputs) const noexcept {
  Tensors tensors;
  return takes(inputs.size()) && fits(tensorsOf(inputs, tensors));
}

bool Plugin::run(Descs inputs, PluginTensorDesc const* outputs, void const* const* in,
                 void* const* out, void* workspace) const noexcept {
  Copies copies(workspace);
  Tensors ins, outs;
  for (size_t i = 0; i < inputs.size(); ++i) {
    ins[i] = {inputs[i].dims, inputs[i].type, const_cast<void*>(in[i])};
    if (!copies.take(ins[i])) continue;
    auto const* from = static_cast<uint16_t const*>(in[i]);
    std::transform(from, from + ins[i].volume(), ins[i].reals(), fromHalf);
  }
  size_t const count = outputCount();
  for (size_t i = 0; i < count; ++i) {
    outs[i] = {outputs[i].dims, outputs[i].type, out[i]};
    copies.take(outs[i]);
  }
  if (!compute({{ins.data(), inputs.size()}, {outs.data(), count}, copies.rest()})) return false;
  for (size_t i = 0; i < count; ++i) {
    if (copyBytes(outs[i]) == 0) continue;
    float const* from = outs[i].reals();
    std::transform(from, from + outs[i].volume(), static_cast<uint16_t*>(out[i]), toHalf);
  }
  return true;
}

bool Plugin::hasRank(ShapeRules const& rules, size_t index, char const* what,
                     std::initializer_list<int32_t> ranks) const noexcept {
  int32_t const rank = rules.in[index].nbDims;
  if (std::find(ranks.begin(), ranks.end(), rank) != ranks.end()) return true;
  std::string wanted;
  for (int32_t const one : ranks) wanted += (wanted.empty() ? "" : " or ") + std::to_string(one);
  return fail("input " + std::to_string(index) + " (" + what + ") has " + std::to_string(rank) +
              " dimensions, it must have " + wanted);
}

bool Plugin::hasExtent(Tensor const& tensor, char const* what, int32_t axis,
                       int64_t expected) const noexcept {
  if (tensor.extent(axis) == expected) return true;
  return fail(std::string("dimension ") + std::to_string(axis) + " of " + what + " is " +
              std::to_string(tensor.extent(axis)) + ", it must be " + std::to_string(expected));
}

}  // namespace shipped
