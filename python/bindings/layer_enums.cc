// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kinds of layers.
#include "enums.h"

namespace tenon::python {

namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): each table names its type often

constexpr Entry<LayerType> kLayerType[] = {
    {"CONVOLUTION", LayerType::kCONVOLUTION},
    {"CAST", LayerType::kCAST},
    {"ACTIVATION", LayerType::kACTIVATION},
    {"POOLING", LayerType::kPOOLING},
    {"LRN", LayerType::kLRN},
    {"SCALE", LayerType::kSCALE},
    {"SOFTMAX", LayerType::kSOFTMAX},
    {"DECONVOLUTION", LayerType::kDECONVOLUTION},
    {"CONCATENATION", LayerType::kCONCATENATION},
    {"ELEMENTWISE", LayerType::kELEMENTWISE},
    {"PLUGIN", LayerType::kPLUGIN, "of older versions; never answered"},
    {"UNARY", LayerType::kUNARY},
    {"PADDING", LayerType::kPADDING},
    {"SHUFFLE", LayerType::kSHUFFLE},
    {"REDUCE", LayerType::kREDUCE},
    {"TOPK", LayerType::kTOPK},
    {"GATHER", LayerType::kGATHER},
    {"MATRIX_MULTIPLY", LayerType::kMATRIX_MULTIPLY},
    {"RAGGED_SOFTMAX", LayerType::kRAGGED_SOFTMAX},
    {"CONSTANT", LayerType::kCONSTANT},
    {"IDENTITY", LayerType::kIDENTITY},
    {"PLUGIN_V2", LayerType::kPLUGIN_V2, "IPluginV2Layer"},
    {"SLICE", LayerType::kSLICE},
    {"SHAPE", LayerType::kSHAPE},
    {"PARAMETRIC_RELU", LayerType::kPARAMETRIC_RELU},
    {"RESIZE", LayerType::kRESIZE},
    {"TRIP_LIMIT", LayerType::kTRIP_LIMIT, "ITripLimitLayer"},
    {"RECURRENCE", LayerType::kRECURRENCE, "IRecurrenceLayer"},
    {"ITERATOR", LayerType::kITERATOR},
    {"LOOP_OUTPUT", LayerType::kLOOP_OUTPUT},
    {"SELECT", LayerType::kSELECT},
    {"FILL", LayerType::kFILL},
    {"QUANTIZE", LayerType::kQUANTIZE},
    {"DEQUANTIZE", LayerType::kDEQUANTIZE},
    {"CONDITION", LayerType::kCONDITION},
    {"CONDITIONAL_INPUT", LayerType::kCONDITIONAL_INPUT},
    {"CONDITIONAL_OUTPUT", LayerType::kCONDITIONAL_OUTPUT},
    {"SCATTER", LayerType::kSCATTER},
    {"EINSUM", LayerType::kEINSUM},
    {"ASSERTION", LayerType::kASSERTION},
    {"ONE_HOT", LayerType::kONE_HOT},
    {"NON_ZERO", LayerType::kNON_ZERO},
    {"GRID_SAMPLE", LayerType::kGRID_SAMPLE},
    {"NMS", LayerType::kNMS, "INMSLayer"},
    {"REVERSE_SEQUENCE", LayerType::kREVERSE_SEQUENCE},
    {"NORMALIZATION", LayerType::kNORMALIZATION},
    {"PLUGIN_V3", LayerType::kPLUGIN_V3, "IPluginV3Layer"},
    {"SQUEEZE", LayerType::kSQUEEZE},
    {"UNSQUEEZE", LayerType::kUNSQUEEZE},
    {"CUMULATIVE", LayerType::kCUMULATIVE},
    {"DYNAMIC_QUANTIZE", LayerType::kDYNAMIC_QUANTIZE},
    {"ATTENTION_INPUT", LayerType::kATTENTION_INPUT},
    {"ATTENTION_OUTPUT", LayerType::kATTENTION_OUTPUT},
    {"ROTARY_EMBEDDING", LayerType::kROTARY_EMBEDDING},
    {"KVCACHE_UPDATE", LayerType::kKVCACHE_UPDATE},
    {"MOE", LayerType::kMOE, "IMoELayer"},
    {"DIST_COLLECTIVE", LayerType::kDIST_COLLECTIVE},
};

}  // namespace

void bind_layer_enums(py::module_& m) {
  add_enum<LayerType>(m, "LayerType", "The class of a layer, for casting an ILayer down.",
                      kLayerType);
}

}  // namespace tenon::python
