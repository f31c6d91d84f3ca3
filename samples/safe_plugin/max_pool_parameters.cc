// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reading fields, with a sentence for what is wrong.
#include "max_pool_parameters.h"

#include <cstring>

namespace maxpool {

using namespace nvinfer1;

namespace {

/// Reports; the answer is that of the caller.
bool refuse(nvinfer2::safe::ISafeRecorder* recorder, char const* sentence) noexcept {
  if (recorder != nullptr) recorder->reportError(ErrorCode::kINVALID_ARGUMENT, sentence);
  return false;
}

/// One field that is read: its name, where its numbers go and what to say of another form.
struct Row {
  char const* name;
  int32_t* data;
  int32_t count;
  bool optional;
  char const* missing;
  char const* wrong;
};

/// The field of this name that holds something; null if there is none.
PluginField const* find(PluginFieldCollection const& fields, Row const& row) noexcept {
  for (int32_t i = 0; i < fields.nbFields; ++i) {
    PluginField const& field = fields.fields[i];
    if (field.name == nullptr || std::strcmp(field.name, row.name) != 0) continue;
    return row.optional && field.data == nullptr ? nullptr : &field;
  }
  return nullptr;
}

bool check(Parameters const& p, nvinfer2::safe::ISafeRecorder* recorder) noexcept {
  for (int axis = 0; axis < 2; ++axis) {
    if (p.kernelShape[axis] < 1 || p.strides[axis] < 1 || p.pads[axis] < 0 ||
        p.pads[axis] >= p.kernelShape[axis]) {
      return refuse(recorder,
                    "MaxPoolPlugin: kernel_shape and strides must be at least 1, and pads at least "
                    "0 and less than kernel_shape");
    }
  }
  return p.poolingType == 0 ||
         refuse(recorder, "MaxPoolPlugin: this pType is unknown; 0 is the maximum");
}

bool isKnown(DataType type) noexcept {
  return type == DataType::kFLOAT || type == DataType::kHALF || type == DataType::kINT8;
}

}  // namespace

Fields::Fields(Parameters const* p) noexcept
    : fields_{{"kernel_shape", p != nullptr ? p->kernelShape : nullptr, PluginFieldType::kINT32, 2},
              {"strides", p != nullptr ? p->strides : nullptr, PluginFieldType::kINT32, 2},
              {"pads", p != nullptr ? p->pads : nullptr, PluginFieldType::kINT32, 2},
              {"pType", p != nullptr ? &p->poolingType : nullptr, PluginFieldType::kINT32, 1}} {
  collection_.nbFields = kCount;
  collection_.fields = fields_;
}

bool read(PluginFieldCollection const* fields, Parameters& into,
          nvinfer2::safe::ISafeRecorder* recorder) noexcept {
  if (fields == nullptr) return refuse(recorder, "MaxPoolPlugin: there are no fields");
  Row const rows[] = {
      {"kernel_shape", into.kernelShape, 2, false,
       "MaxPoolPlugin: field kernel_shape is missing; give the node an attribute of this name",
       "MaxPoolPlugin: field kernel_shape must hold 2 int32 numbers"},
      {"strides", into.strides, 2, false,
       "MaxPoolPlugin: field strides is missing; give the node an attribute of this name",
       "MaxPoolPlugin: field strides must hold 2 int32 numbers"},
      {"pads", into.pads, 2, false,
       "MaxPoolPlugin: field pads is missing; give the node an attribute of this name",
       "MaxPoolPlugin: field pads must hold 2 int32 numbers"},
      {"pType", &into.poolingType, 1, true, nullptr,
       "MaxPoolPlugin: field pType must hold 1 int32 number"}};
  for (Row const& row : rows) {
    PluginField const* field = find(*fields, row);
    if (field == nullptr) {
      if (row.optional) continue;
      return refuse(recorder, row.missing);
    }
    if (field->type != PluginFieldType::kINT32 || field->length != row.count ||
        field->data == nullptr) {
      return refuse(recorder, row.wrong);
    }
    std::memcpy(row.data, field->data, sizeof(int32_t) * static_cast<size_t>(row.count));
  }
  return check(into, recorder);
}

Window windowOf(Parameters const& p) noexcept {
  return {{p.kernelShape[0], p.strides[0], p.pads[0]}, {p.kernelShape[1], p.strides[1], p.pads[1]}};
}

int64_t pooled(int64_t extent, Axis const& axis) noexcept {
  int64_t const room = extent + 2 * axis.pad - axis.kernel;
  return room < 0 ? 0 : room / axis.stride + 1;
}

bool fits(nvinfer2::safe::TensorDescriptor const& in, nvinfer2::safe::TensorDescriptor const& out,
          Window const& window) noexcept {
  return isKnown(in.dataType) && in.dataType == out.dataType && in.vectorizedDim == -1 &&
         out.vectorizedDim == -1 && in.shape.nbDims == 4 && out.shape.nbDims == 4 &&
         in.shape.d[0] == out.shape.d[0] && in.shape.d[1] == out.shape.d[1] && out.shape.d[2] > 0 &&
         out.shape.d[3] > 0 && out.shape.d[2] == pooled(in.shape.d[2], window.y) &&
         out.shape.d[3] == pooled(in.shape.d[3], window.x);
}

}  // namespace maxpool
