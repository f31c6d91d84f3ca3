// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Kinds of operators: the interface's numbers and the core's, one table each.
#pragma once

#include <optional>
#include <utility>

#include "NvInfer.h"
#include "ops/enums.h"

namespace tenon::api {

template <class Foreign, class Own>
struct KindRow {
  Foreign foreign;
  Own own;
};

inline constexpr KindRow<nvinfer1::ActivationType, ops::ActivationKind> kActivations[] = {
    {nvinfer1::ActivationType::kRELU, ops::ActivationKind::Relu},
    {nvinfer1::ActivationType::kSIGMOID, ops::ActivationKind::Sigmoid},
    {nvinfer1::ActivationType::kTANH, ops::ActivationKind::Tanh},
    {nvinfer1::ActivationType::kLEAKY_RELU, ops::ActivationKind::LeakyRelu},
    {nvinfer1::ActivationType::kELU, ops::ActivationKind::Elu},
    {nvinfer1::ActivationType::kSELU, ops::ActivationKind::Selu},
    {nvinfer1::ActivationType::kSOFTSIGN, ops::ActivationKind::Softsign},
    {nvinfer1::ActivationType::kSOFTPLUS, ops::ActivationKind::Softplus},
    {nvinfer1::ActivationType::kCLIP, ops::ActivationKind::Clip},
    {nvinfer1::ActivationType::kHARD_SIGMOID, ops::ActivationKind::HardSigmoid},
    {nvinfer1::ActivationType::kSCALED_TANH, ops::ActivationKind::ScaledTanh},
    {nvinfer1::ActivationType::kTHRESHOLDED_RELU, ops::ActivationKind::ThresholdedRelu},
    {nvinfer1::ActivationType::kGELU_ERF, ops::ActivationKind::GeluErf},
    {nvinfer1::ActivationType::kGELU_TANH, ops::ActivationKind::GeluTanh},
};

inline constexpr KindRow<nvinfer1::ElementWiseOperation, ops::ElementWiseKind> kElementWises[] = {
    {nvinfer1::ElementWiseOperation::kSUM, ops::ElementWiseKind::Add},
    {nvinfer1::ElementWiseOperation::kPROD, ops::ElementWiseKind::Mul},
    {nvinfer1::ElementWiseOperation::kMAX, ops::ElementWiseKind::Max},
    {nvinfer1::ElementWiseOperation::kMIN, ops::ElementWiseKind::Min},
    {nvinfer1::ElementWiseOperation::kSUB, ops::ElementWiseKind::Sub},
    {nvinfer1::ElementWiseOperation::kDIV, ops::ElementWiseKind::Div},
    {nvinfer1::ElementWiseOperation::kPOW, ops::ElementWiseKind::Pow},
    {nvinfer1::ElementWiseOperation::kFLOOR_DIV, ops::ElementWiseKind::FloorDiv},
    {nvinfer1::ElementWiseOperation::kAND, ops::ElementWiseKind::And},
    {nvinfer1::ElementWiseOperation::kOR, ops::ElementWiseKind::Or},
    {nvinfer1::ElementWiseOperation::kXOR, ops::ElementWiseKind::Xor},
    {nvinfer1::ElementWiseOperation::kEQUAL, ops::ElementWiseKind::Equal},
    {nvinfer1::ElementWiseOperation::kGREATER, ops::ElementWiseKind::Greater},
    {nvinfer1::ElementWiseOperation::kLESS, ops::ElementWiseKind::Less},
};

inline constexpr KindRow<nvinfer1::UnaryOperation, ops::UnaryKind> kUnaries[] = {
    {nvinfer1::UnaryOperation::kEXP, ops::UnaryKind::Exp},
    {nvinfer1::UnaryOperation::kLOG, ops::UnaryKind::Log},
    {nvinfer1::UnaryOperation::kSQRT, ops::UnaryKind::Sqrt},
    {nvinfer1::UnaryOperation::kRECIP, ops::UnaryKind::Reciprocal},
    {nvinfer1::UnaryOperation::kABS, ops::UnaryKind::Abs},
    {nvinfer1::UnaryOperation::kNEG, ops::UnaryKind::Neg},
    {nvinfer1::UnaryOperation::kSIN, ops::UnaryKind::Sin},
    {nvinfer1::UnaryOperation::kCOS, ops::UnaryKind::Cos},
    {nvinfer1::UnaryOperation::kTAN, ops::UnaryKind::Tan},
    {nvinfer1::UnaryOperation::kSINH, ops::UnaryKind::Sinh},
    {nvinfer1::UnaryOperation::kCOSH, ops::UnaryKind::Cosh},
    {nvinfer1::UnaryOperation::kASIN, ops::UnaryKind::Asin},
    {nvinfer1::UnaryOperation::kACOS, ops::UnaryKind::Acos},
    {nvinfer1::UnaryOperation::kATAN, ops::UnaryKind::Atan},
    {nvinfer1::UnaryOperation::kASINH, ops::UnaryKind::Asinh},
    {nvinfer1::UnaryOperation::kACOSH, ops::UnaryKind::Acosh},
    {nvinfer1::UnaryOperation::kATANH, ops::UnaryKind::Atanh},
    {nvinfer1::UnaryOperation::kCEIL, ops::UnaryKind::Ceil},
    {nvinfer1::UnaryOperation::kFLOOR, ops::UnaryKind::Floor},
    {nvinfer1::UnaryOperation::kERF, ops::UnaryKind::Erf},
    {nvinfer1::UnaryOperation::kNOT, ops::UnaryKind::Not},
    {nvinfer1::UnaryOperation::kSIGN, ops::UnaryKind::Sign},
    {nvinfer1::UnaryOperation::kROUND, ops::UnaryKind::Round},
    {nvinfer1::UnaryOperation::kISINF, ops::UnaryKind::IsInf},
    {nvinfer1::UnaryOperation::kISNAN, ops::UnaryKind::IsNan},
};

inline constexpr KindRow<nvinfer1::ReduceOperation, ops::ReduceKind> kReduces[] = {
    {nvinfer1::ReduceOperation::kSUM, ops::ReduceKind::Sum},
    {nvinfer1::ReduceOperation::kPROD, ops::ReduceKind::Prod},
    {nvinfer1::ReduceOperation::kMAX, ops::ReduceKind::Max},
    {nvinfer1::ReduceOperation::kMIN, ops::ReduceKind::Min},
    {nvinfer1::ReduceOperation::kAVG, ops::ReduceKind::Mean},
};

inline constexpr KindRow<nvinfer1::PoolingType, ops::PoolingKind> kPoolings[] = {
    {nvinfer1::PoolingType::kMAX, ops::PoolingKind::Max},
    {nvinfer1::PoolingType::kAVERAGE, ops::PoolingKind::Average},
    {nvinfer1::PoolingType::kMAX_AVERAGE_BLEND, ops::PoolingKind::Blend},
};

template <class Foreign, class Own, size_t N>
constexpr std::optional<Own> to_own(const KindRow<Foreign, Own> (&table)[N], Foreign foreign) {
  for (const auto& row : table) {
    if (row.foreign == foreign) return row.own;
  }
  return std::nullopt;
}

/// The interface's number; the first of the table for a kind that only the core has.
template <class Foreign, class Own, size_t N>
constexpr Foreign to_foreign(const KindRow<Foreign, Own> (&table)[N], Own own) {
  for (const auto& row : table) {
    if (row.own == own) return row.foreign;
  }
  return table[0].foreign;
}

}  // namespace tenon::api
