// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The three faces, and the conversion of float16.
#include "plugin_library/base/plugin.h"

#include <algorithm>

#include "plugin_library/base/half.h"
#include "plugin_library/base/messages.h"

namespace shipped {

namespace {

using nvinfer1::DataType;
using nvinfer1::DimsExprs;
using nvinfer1::DynamicPluginTensorDesc;
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

Tensors atMaximum(DynamicPluginTensorDesc const* descs, int32_t count) {
  Tensors tensors;
  for (int32_t i = 0; i < count; ++i) {
    tensors[static_cast<size_t>(i)] = {descs[i].max, descs[i].desc.type, nullptr};
  }
  return tensors;
}

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

nvinfer1::IPluginCapability* Plugin::getCapabilityInterface(
    nvinfer1::PluginCapabilityType type) noexcept {
  using Type = nvinfer1::PluginCapabilityType;
  if (type == Type::kCORE) return static_cast<nvinfer1::IPluginV3OneCore*>(this);
  if (type == Type::kBUILD) return static_cast<nvinfer1::IPluginV3OneBuild*>(this);
  return static_cast<nvinfer1::IPluginV3OneRuntime*>(this);
}

bool Plugin::fail(std::string const& sentence) const noexcept {
  return refuse(std::string(identity_.name) + " version " + identity_.version + ": " + sentence);
}

Element Plugin::element(size_t position, size_t inputs) const noexcept {
  Signature const all = signature();
  return position < inputs ? all.inputs[position] : all.outputs[position - inputs];
}

int32_t Plugin::getNbOutputs() const noexcept {
  return static_cast<int32_t>(signature().outputs.size());
}

int32_t Plugin::getOutputDataTypes(DataType* outputTypes, int32_t nbOutputs,
                                   DataType const* inputTypes, int32_t nbInputs) const noexcept {
  Signature const all = signature();
  auto const inputs = static_cast<size_t>(nbInputs);
  if (inputs < all.required || inputs > all.inputs.size()) {
    return fail("has " + std::to_string(nbInputs) + " inputs, it must have " +
                (all.required == all.inputs.size() ? "" : std::to_string(all.required) + " to ") +
                std::to_string(all.inputs.size())),
           -1;
  }
  DataType shared = DataType::kFLOAT;
  for (size_t i = inputs; i-- > 0;) {
    if (!allows(all.inputs[i], inputTypes[i])) {
      return fail("input " + std::to_string(i) + " must be " + allowed(all.inputs[i])), -1;
    }
    if (isShared(all.inputs[i])) shared = inputTypes[i];
  }
  for (int32_t i = 0; i < nbOutputs; ++i) {
    Element const kind = all.outputs[static_cast<size_t>(i)];
    outputTypes[i] = isShared(kind)            ? shared
                     : kind == Element::Real32 ? DataType::kFLOAT
                     : kind == Element::Real16 ? DataType::kHALF
                                               : DataType::kINT32;
  }
  return 0;
}

int32_t Plugin::getOutputShapes(DimsExprs const* inputs, int32_t nbInputs, DimsExprs const*,
                                int32_t, DimsExprs* outputs, int32_t nbOutputs,
                                nvinfer1::IExprBuilder& exprBuilder) noexcept {
  ShapeRules const rules({inputs, static_cast<size_t>(nbInputs)}, exprBuilder);
  return shapes(rules, {outputs, static_cast<size_t>(nbOutputs)}) ? 0 : -1;
}

bool Plugin::supportsFormatCombination(int32_t pos, DynamicPluginTensorDesc const* inOut,
                                       int32_t nbInputs, int32_t) noexcept {
  auto const inputs = static_cast<size_t>(nbInputs);
  auto const at = static_cast<size_t>(pos);
  if (inOut[pos].desc.format != nvinfer1::TensorFormat::kLINEAR) return false;
  Element const kind = element(at, inputs);
  if (!allows(kind, inOut[pos].desc.type)) return false;
  if (!isShared(kind)) return true;
  for (size_t i = 0; i < at; ++i) {
    if (element(i, inputs) == kind) return inOut[i].desc.type == inOut[pos].desc.type;
  }
  return true;
}

size_t Plugin::scratchBytes(std::span<Tensor const>, std::span<Tensor const>) const noexcept {
  return 0;
}

size_t Plugin::getWorkspaceSize(DynamicPluginTensorDesc const* inputs, int32_t nbInputs,
                                DynamicPluginTensorDesc const* outputs,
                                int32_t nbOutputs) const noexcept {
  Tensors const in = atMaximum(inputs, nbInputs), out = atMaximum(outputs, nbOutputs);
  std::span const ins(in.data(), static_cast<size_t>(nbInputs));
  std::span const outs(out.data(), static_cast<size_t>(nbOutputs));
  size_t bytes = aligned(scratchBytes(ins, outs));
  for (Tensor const& tensor : ins) bytes += copyBytes(tensor);
  for (Tensor const& tensor : outs) bytes += copyBytes(tensor);
  return bytes == 0 ? 0 : bytes + 64;
}

int32_t Plugin::onShapeChange(PluginTensorDesc const* in, int32_t nbInputs, PluginTensorDesc const*,
                              int32_t) noexcept {
  inputCount_ = static_cast<size_t>(nbInputs);
  Tensors tensors;
  for (size_t i = 0; i < inputCount_; ++i) tensors[i] = {in[i].dims, in[i].type, nullptr};
  return fits({tensors.data(), inputCount_}) ? 0 : -1;
}

int32_t Plugin::enqueue(PluginTensorDesc const* inputDesc, PluginTensorDesc const* outputDesc,
                        void const* const* inputs, void* const* outputs, void* workspace,
                        cudaStream_t) noexcept {
  size_t const outputCount = signature().outputs.size();
  auto* free = static_cast<std::byte*>(alignedStart(workspace));
  auto const take = [&free](Tensor& tensor) {
    size_t const bytes = copyBytes(tensor);
    if (bytes == 0) return false;
    tensor.data = free;
    free += bytes;
    return true;
  };
  Tensors in, out;
  for (size_t i = 0; i < inputCount_; ++i) {
    in[i] = {inputDesc[i].dims, inputDesc[i].type, const_cast<void*>(inputs[i])};
    if (!take(in[i])) continue;
    auto const* from = static_cast<uint16_t const*>(inputs[i]);
    std::transform(from, from + in[i].volume(), in[i].reals(), fromHalf);
  }
  for (size_t i = 0; i < outputCount; ++i) {
    out[i] = {outputDesc[i].dims, outputDesc[i].type, outputs[i]};
    take(out[i]);
  }
  if (!compute({{in.data(), inputCount_}, {out.data(), outputCount}, free})) return -1;
  for (size_t i = 0; i < outputCount; ++i) {
    if (copyBytes(out[i]) == 0) continue;
    float const* from = out[i].reals();
    std::transform(from, from + out[i].volume(), static_cast<uint16_t*>(outputs[i]), toHalf);
  }
  return 0;
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
