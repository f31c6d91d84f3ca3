// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Enumerations of types, formats, places and errors.
#include "enums.h"

namespace tenon::python {

namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): each table names its type often

constexpr Entry<DataType> kDataType[] = {
    {"FLOAT", DataType::kFLOAT, "IEEE binary32"},
    {"HALF", DataType::kHALF, "IEEE binary16"},
    {"INT8", DataType::kINT8, "signed, usually quantized"},
    {"INT32", DataType::kINT32, "signed"},
    {"BOOL", DataType::kBOOL, "one byte, 0 or 1"},
    {"UINT8", DataType::kUINT8, "unsigned, at the borders of a network"},
    {"FP8", DataType::kFP8, "1 sign, 4 exponent, 3 mantissa bits"},
    {"BF16", DataType::kBF16, "upper half of a binary32"},
    {"INT64", DataType::kINT64, "signed"},
    {"INT4", DataType::kINT4, "signed, two to a byte, the first in the low bits"},
    {"FP4", DataType::kFP4, "1 sign, 2 exponent, 1 mantissa bit, two to a byte"},
    {"E8M0", DataType::kE8M0, "exponent only: a power of two, used as block scale"},
};

constexpr Entry<ErrorCode> kErrorCode[] = {
    {"SUCCESS", ErrorCode::kSUCCESS},
    {"UNSPECIFIED_ERROR", ErrorCode::kUNSPECIFIED_ERROR},
    {"INTERNAL_ERROR", ErrorCode::kINTERNAL_ERROR, "a defect of the library"},
    {"INVALID_ARGUMENT", ErrorCode::kINVALID_ARGUMENT, "the caller passed something unusable"},
    {"INVALID_CONFIG", ErrorCode::kINVALID_CONFIG,
     "arguments do not fit each other or the state of a registry"},
    {"FAILED_ALLOCATION", ErrorCode::kFAILED_ALLOCATION},
    {"FAILED_INITIALIZATION", ErrorCode::kFAILED_INITIALIZATION,
     "a device or library could not be opened"},
    {"FAILED_EXECUTION", ErrorCode::kFAILED_EXECUTION, "a step, or a plugin's enqueue, failed"},
    {"FAILED_COMPUTATION", ErrorCode::kFAILED_COMPUTATION, "numbers left the permitted range"},
    {"INVALID_STATE", ErrorCode::kINVALID_STATE, "calls in the wrong order"},
    {"UNSUPPORTED_STATE", ErrorCode::kUNSUPPORTED_STATE, "understood, but not available here"},
};

constexpr Entry<TensorIOMode> kTensorIOMode[] = {
    {"NONE", TensorIOMode::kNONE},
    {"INPUT", TensorIOMode::kINPUT},
    {"OUTPUT", TensorIOMode::kOUTPUT},
};

constexpr Entry<TensorLocation> kTensorLocation[] = {
    {"DEVICE", TensorLocation::kDEVICE},
    {"HOST", TensorLocation::kHOST},
};

constexpr Entry<EngineCapability> kEngineCapability[] = {
    {"STANDARD", EngineCapability::kSTANDARD, "loaded by IRuntime"},
    {"SAFETY", EngineCapability::kSAFETY,
     "static shapes, loaded by nvinfer2::safe::createTRTGraph only"},
    {"DLA_STANDALONE", EngineCapability::kDLA_STANDALONE,
     "a loadable for a deep learning accelerator; no such device exists here"},
};

constexpr Entry<DeviceType> kDeviceType[] = {
    {"GPU", DeviceType::kGPU},
    {"DLA", DeviceType::kDLA},
};

constexpr Entry<TensorFormat> kTensorFormat[] = {
    {"LINEAR", TensorFormat::kLINEAR, "row-major, all types and ranks"},
    {"CHW2", TensorFormat::kCHW2, "vectors of 2 on the third-last dimension; kHALF, kBF16"},
    {"HWC8", TensorFormat::kHWC8, "channels (third-last) innermost, padded to 8; kHALF, kBF16"},
    {"CHW4", TensorFormat::kCHW4, "vectors of 4 on the third-last dimension; kINT8"},
    {"CHW16", TensorFormat::kCHW16, "vectors of 16 on the third-last dimension; kHALF"},
    {"CHW32", TensorFormat::kCHW32,
     "vectors of 32 on the third-last dimension; kINT8, kFLOAT, kHALF"},
    {"DHWC8", TensorFormat::kDHWC8, "channels (fourth-last) innermost, padded to 8; kHALF, kBF16"},
    {"CDHW32", TensorFormat::kCDHW32, "vectors of 32 on the fourth-last dimension; kINT8, kHALF"},
    {"HWC", TensorFormat::kHWC, "channels (third-last) innermost, unpadded; kFLOAT, kUINT8"},
    {"DLA_LINEAR", TensorFormat::kDLA_LINEAR, "planar layout of a deep learning accelerator"},
    {"DLA_HWC4", TensorFormat::kDLA_HWC4, "image layout of a deep learning accelerator"},
    {"HWC16", TensorFormat::kHWC16,
     "channels (third-last) innermost, padded to 16; kHALF, kINT8, kFP8"},
    {"DHWC", TensorFormat::kDHWC, "channels (fourth-last) innermost, unpadded; kFLOAT"},
};

constexpr Entry<WeightsRole> kWeightsRole[] = {
    {"KERNEL", WeightsRole::kKERNEL},
    {"BIAS", WeightsRole::kBIAS},
    {"SHIFT", WeightsRole::kSHIFT},
    {"SCALE", WeightsRole::kSCALE},
    {"CONSTANT", WeightsRole::kCONSTANT},
    {"ANY", WeightsRole::kANY, "weights addressed by their own name"},
};

constexpr Entry<AllocatorFlag> kAllocatorFlag[] = {
    {"RESIZABLE", AllocatorFlag::kRESIZABLE, "reallocate() may be called for this block"},
};

constexpr Entry<SeekPosition> kSeekPosition[] = {
    {"SET", SeekPosition::kSET, "the beginning"},
    {"CUR", SeekPosition::kCUR, "here"},
    {"END", SeekPosition::kEND, "the end"},
};

}  // namespace

void bind_type_enums(py::module_& m) {
  add_enum<DataType>(m, "DataType", "Element type of tensors and weights.", kDataType);
  add_enum<ErrorCode>(m, "ErrorCodeTRT",
                      "What went wrong, as error recorders and the safe runtime report it.",
                      kErrorCode);
  add_enum<TensorIOMode>(m, "TensorIOMode", "Which side of an engine a tensor belongs to.",
                         kTensorIOMode);
  add_enum<TensorLocation>(m, "TensorLocation", "Where a tensor's memory lies.", kTensorLocation);
  add_enum<EngineCapability>(m, "EngineCapability",
                             "What kind of deployment an engine is built for.", kEngineCapability);
  add_enum<DeviceType>(m, "DeviceType", "Processor a layer runs on.", kDeviceType);
  add_enum<TensorFormat>(m, "TensorFormat",
                         "Order and packing of elements, seen from the last dimensions.",
                         kTensorFormat);
  add_enum<WeightsRole>(m, "WeightsRole", "What a weight is for a layer.", kWeightsRole);
  add_enum<AllocatorFlag>(m, "AllocatorFlag",
                          "Hints for an allocation; bit i of AllocatorFlags is enumerator i.",
                          kAllocatorFlag);
  add_enum<SeekPosition>(m, "SeekPosition", "Where an offset of IStreamReaderV2::seek counts from.",
                         kSeekPosition);
}

}  // namespace tenon::python
