// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Enumerations of what layers compute.
#include "enums.h"

namespace tenon::python {

namespace {

using namespace nvinfer1;  // NOLINT(google-build-using-namespace): each table names its type often

constexpr Entry<ActivationType> kActivationType[] = {
    {"RELU", ActivationType::kRELU, "max(0, x)"},
    {"SIGMOID", ActivationType::kSIGMOID, "1 / (1 + exp(-x))"},
    {"TANH", ActivationType::kTANH, "tanh(x)"},
    {"LEAKY_RELU", ActivationType::kLEAKY_RELU, "x >= 0 ? x : a * x"},
    {"ELU", ActivationType::kELU, "x >= 0 ? x : a * (exp(x) - 1)"},
    {"SELU", ActivationType::kSELU, "x > 0 ? b * x : b * (a * exp(x) - a)"},
    {"SOFTSIGN", ActivationType::kSOFTSIGN, "x / (1 + |x|)"},
    {"SOFTPLUS", ActivationType::kSOFTPLUS, "a * log(exp(b * x) + 1)"},
    {"CLIP", ActivationType::kCLIP, "max(a, min(b, x))"},
    {"HARD_SIGMOID", ActivationType::kHARD_SIGMOID, "max(0, min(1, a * x + b))"},
    {"SCALED_TANH", ActivationType::kSCALED_TANH, "a * tanh(b * x)"},
    {"THRESHOLDED_RELU", ActivationType::kTHRESHOLDED_RELU, "x > a ? x : 0"},
    {"GELU_ERF", ActivationType::kGELU_ERF, "0.5 * x * (1 + erf(sqrt(0.5) * x))"},
    {"GELU_TANH", ActivationType::kGELU_TANH,
     "0.5 * x * (1 + tanh(sqrt(2 / pi) * (0.044715 * x^3 + x)))"},
};

constexpr Entry<ElementWiseOperation> kElementWiseOperation[] = {
    {"SUM", ElementWiseOperation::kSUM},
    {"PROD", ElementWiseOperation::kPROD},
    {"MAX", ElementWiseOperation::kMAX},
    {"MIN", ElementWiseOperation::kMIN},
    {"SUB", ElementWiseOperation::kSUB},
    {"DIV", ElementWiseOperation::kDIV, "truncates for integers"},
    {"POW", ElementWiseOperation::kPOW},
    {"FLOOR_DIV", ElementWiseOperation::kFLOOR_DIV, "the quotient rounded down"},
    {"AND", ElementWiseOperation::kAND, "kBOOL only, as kOR and kXOR"},
    {"OR", ElementWiseOperation::kOR},
    {"XOR", ElementWiseOperation::kXOR},
    {"EQUAL", ElementWiseOperation::kEQUAL, "gives kBOOL, as kGREATER and kLESS"},
    {"GREATER", ElementWiseOperation::kGREATER},
    {"LESS", ElementWiseOperation::kLESS},
};

constexpr Entry<UnaryOperation> kUnaryOperation[] = {
    {"EXP", UnaryOperation::kEXP},
    {"LOG", UnaryOperation::kLOG},
    {"SQRT", UnaryOperation::kSQRT},
    {"RECIP", UnaryOperation::kRECIP, "1 / x"},
    {"ABS", UnaryOperation::kABS},
    {"NEG", UnaryOperation::kNEG},
    {"SIN", UnaryOperation::kSIN},
    {"COS", UnaryOperation::kCOS},
    {"TAN", UnaryOperation::kTAN},
    {"SINH", UnaryOperation::kSINH},
    {"COSH", UnaryOperation::kCOSH},
    {"ASIN", UnaryOperation::kASIN},
    {"ACOS", UnaryOperation::kACOS},
    {"ATAN", UnaryOperation::kATAN},
    {"ASINH", UnaryOperation::kASINH},
    {"ACOSH", UnaryOperation::kACOSH},
    {"ATANH", UnaryOperation::kATANH},
    {"CEIL", UnaryOperation::kCEIL},
    {"FLOOR", UnaryOperation::kFLOOR},
    {"ERF", UnaryOperation::kERF, "Gauss error function"},
    {"NOT", UnaryOperation::kNOT, "kBOOL only"},
    {"SIGN", UnaryOperation::kSIGN, "-1, 0 or 1"},
    {"ROUND", UnaryOperation::kROUND, "to the nearest, ties to even"},
    {"ISINF", UnaryOperation::kISINF, "gives kBOOL"},
    {"ISNAN", UnaryOperation::kISNAN, "gives kBOOL"},
};

constexpr Entry<ScaleMode> kScaleMode[] = {
    {"UNIFORM", ScaleMode::kUNIFORM, "the whole tensor"},
    {"CHANNEL", ScaleMode::kCHANNEL, "one index of the channel axis"},
    {"ELEMENTWISE", ScaleMode::kELEMENTWISE, "one element"},
};

constexpr Entry<PaddingMode> kPaddingMode[] = {
    {"EXPLICIT_ROUND_DOWN", PaddingMode::kEXPLICIT_ROUND_DOWN,
     "pre- and post-padding as set, output extents rounded down"},
    {"EXPLICIT_ROUND_UP", PaddingMode::kEXPLICIT_ROUND_UP, "the same, output extents rounded up"},
    {"SAME_UPPER", PaddingMode::kSAME_UPPER,
     "output extent is input extent over stride, rounded up; odd padding goes after"},
    {"SAME_LOWER", PaddingMode::kSAME_LOWER, "the same; odd padding goes before"},
};

constexpr Entry<PoolingType> kPoolingType[] = {
    {"MAX", PoolingType::kMAX, "the largest element"},
    {"AVERAGE", PoolingType::kAVERAGE, "the mean"},
    {"MAX_AVERAGE_BLEND", PoolingType::kMAX_AVERAGE_BLEND, "(1 - blend) * max + blend * average"},
};

constexpr Entry<MatrixOperation> kMatrixOperation[] = {
    {"NONE", MatrixOperation::kNONE},
    {"TRANSPOSE", MatrixOperation::kTRANSPOSE, "swap the last two dimensions"},
    {"VECTOR", MatrixOperation::kVECTOR, "the last dimension is a vector, the others are batches"},
};

constexpr Entry<SampleMode> kSampleMode[] = {
    {"STRICT_BOUNDS", SampleMode::kSTRICT_BOUNDS, "nothing may be"},
    {"WRAP", SampleMode::kWRAP, "it repeats"},
    {"CLAMP", SampleMode::kCLAMP, "the nearest edge"},
    {"FILL", SampleMode::kFILL, "a constant"},
    {"REFLECT", SampleMode::kREFLECT, "it is mirrored, edges not repeated"},
};

constexpr Entry<GatherMode> kGatherMode[] = {
    {"DEFAULT", GatherMode::kDEFAULT, "whole slices along the axis, one an index"},
    {"ELEMENT", GatherMode::kELEMENT,
     "single elements along the axis, indices shaped as the output"},
    {"ND", GatherMode::kND, "the last dimension of the indices addresses several axes"},
};

constexpr Entry<ScatterMode> kScatterMode[] = {
    {"ELEMENT", ScatterMode::kELEMENT, "single elements along the axis"},
    {"ND", ScatterMode::kND, "the last dimension of the indices addresses several axes"},
};

constexpr Entry<InterpolationMode> kInterpolationMode[] = {
    {"NEAREST", InterpolationMode::kNEAREST, "one neighbour"},
    {"LINEAR", InterpolationMode::kLINEAR, "two neighbours along each resized dimension"},
    {"CUBIC", InterpolationMode::kCUBIC, "four neighbours along each of the last two dimensions"},
};

constexpr Entry<ResizeCoordinateTransformation> kResizeCoordinateTransformation[] = {
    {"ALIGN_CORNERS", ResizeCoordinateTransformation::kALIGN_CORNERS, "x * (in - 1) / (out - 1)"},
    {"ASYMMETRIC", ResizeCoordinateTransformation::kASYMMETRIC, "x * in / out"},
    {"HALF_PIXEL", ResizeCoordinateTransformation::kHALF_PIXEL, "(x + 0.5) * in / out - 0.5"},
};

constexpr Entry<ResizeSelector> kResizeSelector[] = {
    {"FORMULA", ResizeSelector::kFORMULA, "as the transformation says"},
    {"UPPER", ResizeSelector::kUPPER, "at the first element"},
};

constexpr Entry<ResizeRoundMode> kResizeRoundMode[] = {
    {"HALF_UP", ResizeRoundMode::kHALF_UP, "halves up"},
    {"HALF_DOWN", ResizeRoundMode::kHALF_DOWN, "halves down"},
    {"FLOOR", ResizeRoundMode::kFLOOR},
    {"CEIL", ResizeRoundMode::kCEIL},
};

constexpr Entry<ReduceOperation> kReduceOperation[] = {
    {"SUM", ReduceOperation::kSUM},
    {"PROD", ReduceOperation::kPROD},
    {"MAX", ReduceOperation::kMAX},
    {"MIN", ReduceOperation::kMIN},
    {"AVG", ReduceOperation::kAVG, "the mean"},
    {"NONE", ReduceOperation::kNONE, "nothing; for collectives that move data only"},
};

constexpr Entry<TopKOperation> kTopKOperation[] = {
    {"MAX", TopKOperation::kMAX},
    {"MIN", TopKOperation::kMIN},
};

constexpr Entry<CumulativeOperation> kCumulativeOperation[] = {
    {"SUM", CumulativeOperation::kSUM},
};

constexpr Entry<BoundingBoxFormat> kBoundingBoxFormat[] = {
    {"CORNER_PAIRS", BoundingBoxFormat::kCORNER_PAIRS, "x1, y1, x2, y2"},
    {"CENTER_SIZES", BoundingBoxFormat::kCENTER_SIZES, "x and y of the centre, width, height"},
};

constexpr Entry<FillOperation> kFillOperation[] = {
    {"LINSPACE", FillOperation::kLINSPACE, "start + index * step"},
    {"RANDOM_UNIFORM", FillOperation::kRANDOM_UNIFORM, "between minimum and maximum"},
    {"RANDOM_NORMAL", FillOperation::kRANDOM_NORMAL, "with mean and deviation"},
};

constexpr Entry<LoopOutput> kLoopOutput[] = {
    {"LAST_VALUE", LoopOutput::kLAST_VALUE, "the value after the last one"},
    {"CONCATENATE", LoopOutput::kCONCATENATE, "all values along the axis"},
    {"REVERSE", LoopOutput::kREVERSE, "the same, last one first"},
};

constexpr Entry<TripLimit> kTripLimit[] = {
    {"COUNT", TripLimit::kCOUNT, "after so many iterations, an integer from outside"},
    {"WHILE", TripLimit::kWHILE, "when a kBOOL computed inside is false"},
};

constexpr Entry<AttentionNormalizationOp> kAttentionNormalizationOp[] = {
    {"NONE", AttentionNormalizationOp::kNONE},
    {"SOFTMAX", AttentionNormalizationOp::kSOFTMAX},
};

constexpr Entry<CausalMaskKind> kCausalMaskKind[] = {
    {"NONE", CausalMaskKind::kNONE},
    {"UPPER_LEFT", CausalMaskKind::kUPPER_LEFT, "query i sees keys 0 to i"},
    {"LOWER_RIGHT", CausalMaskKind::kLOWER_RIGHT, "the last query sees all keys"},
};

constexpr Entry<AttentionIOForm> kAttentionIOForm[] = {
    {"PADDED_BHND", AttentionIOForm::kPADDED_BHND, "batch, heads, padded length, head size"},
    {"PACKED_NHD", AttentionIOForm::kPACKED_NHD, "sum of lengths, heads, head size"},
};

constexpr Entry<KVCacheMode> kKVCacheMode[] = {
    {"LINEAR", KVCacheMode::kLINEAR, "one after the other"},
};

constexpr Entry<MoEActType> kMoEActType[] = {
    {"NONE", MoEActType::kNONE},
    {"SILU", MoEActType::kSILU, "x * sigmoid(x)"},
};

constexpr Entry<CollectiveOperation> kCollectiveOperation[] = {
    {"ALL_REDUCE", CollectiveOperation::kALL_REDUCE},
    {"ALL_GATHER", CollectiveOperation::kALL_GATHER},
    {"BROADCAST", CollectiveOperation::kBROADCAST},
    {"REDUCE", CollectiveOperation::kREDUCE},
    {"REDUCE_SCATTER", CollectiveOperation::kREDUCE_SCATTER},
    {"ALL_TO_ALL", CollectiveOperation::kALL_TO_ALL},
    {"GATHER", CollectiveOperation::kGATHER},
    {"SCATTER", CollectiveOperation::kSCATTER},
};

}  // namespace

void bind_operation_enums(py::module_& m) {
  add_enum<ActivationType>(m, "ActivationType",
                           "Functions of one element x, with the layer's alpha (a) and beta (b).",
                           kActivationType);
  add_enum<ElementWiseOperation>(m, "ElementWiseOperation", "Operations on two elements.",
                                 kElementWiseOperation);
  add_enum<UnaryOperation>(m, "UnaryOperation", "Operations on one element.", kUnaryOperation);
  add_enum<ScaleMode>(m, "ScaleMode", "What one value of shift, scale and power applies to.",
                      kScaleMode);
  add_enum<PaddingMode>(m, "PaddingMode", "How the padding of a window operation is found.",
                        kPaddingMode);
  add_enum<PoolingType>(m, "PoolingType", "What a pooling window answers.", kPoolingType);
  add_enum<MatrixOperation>(m, "MatrixOperation", "What is done to an operand first.",
                            kMatrixOperation);
  add_enum<SampleMode>(m, "SampleMode", "What is read outside a tensor.", kSampleMode);
  add_enum<GatherMode>(m, "GatherMode", "Three ways to gather.", kGatherMode);
  add_enum<ScatterMode>(m, "ScatterMode", "Two ways to scatter.", kScatterMode);
  add_enum<InterpolationMode>(m, "InterpolationMode", "How values between elements are found.",
                              kInterpolationMode);
  add_enum<ResizeCoordinateTransformation>(
      m, "ResizeCoordinateTransformation",
      "Which input coordinate an output coordinate x falls on.", kResizeCoordinateTransformation);
  add_enum<ResizeSelector>(m, "ResizeSelector", "Where to sample when an output extent is 1.",
                           kResizeSelector);
  add_enum<ResizeRoundMode>(m, "ResizeRoundMode", "How a coordinate is rounded in kNEAREST.",
                            kResizeRoundMode);
  add_enum<ReduceOperation>(m, "ReduceOperation", "What is done along the reduced axes.",
                            kReduceOperation);
  add_enum<TopKOperation>(m, "TopKOperation", "Which end is searched.", kTopKOperation);
  add_enum<CumulativeOperation>(m, "CumulativeOperation", "What is accumulated.",
                                kCumulativeOperation);
  add_enum<BoundingBoxFormat>(m, "BoundingBoxFormat", "The four numbers of a box.",
                              kBoundingBoxFormat);
  add_enum<FillOperation>(m, "FillOperation", "What is filled in.", kFillOperation);
  add_enum<LoopOutput>(m, "LoopOutput", "What of an iteration leaves the loop.", kLoopOutput);
  add_enum<TripLimit>(m, "TripLimit", "How a loop ends.", kTripLimit);
  add_enum<AttentionNormalizationOp>(m, "AttentionNormalizationOp", "What is done to the scores.",
                                     kAttentionNormalizationOp);
  add_enum<CausalMaskKind>(m, "CausalMaskKind", "Which later positions are hidden.",
                           kCausalMaskKind);
  add_enum<AttentionIOForm>(m, "AttentionIOForm", "How sequences of several lengths lie together.",
                            kAttentionIOForm);
  add_enum<KVCacheMode>(m, "KVCacheMode", "Where updates go.", kKVCacheMode);
  add_enum<MoEActType>(m, "MoEActType", "Function inside an expert.", kMoEActType);
  add_enum<CollectiveOperation>(m, "CollectiveOperation", "How ranks exchange data.",
                                kCollectiveOperation);
}

}  // namespace tenon::python
