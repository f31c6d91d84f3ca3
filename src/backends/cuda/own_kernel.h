// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The frame of own kernels: their candidates, their records, and what runs.
#pragma once

#include "backends/cuda/launch.h"
#include "backends/cuda/list.h"

namespace tenon::cuda {

/// What a family of own kernels says of itself. Functions that may be null are marked.
struct OwnKernel {
  std::vector<kernel::Configuration> (*configurations)(const kernel::NodeInfo& node);
  /// The text to compile behind the prelude; empty when the kernel only copies and fills.
  std::string (*text)(const kernel::NodeInfo& node, const kernel::Configuration& configuration);
  /// Appends what `planner` reads. May be null: nothing.
  void (*parameters)(const kernel::NodeInfo& node, const kernel::Configuration& configuration,
                     ByteWriter& parameters);
  /// Null when the parameters, or the ports of the record, are none of this kernel's.
  std::unique_ptr<Planner> (*planner)(ByteReader& parameters, const kernel::RecordView& record);
  /// Outputs that may lie over inputs. May be null: none.
  std::vector<kernel::Alias> (*aliases)(const kernel::NodeInfo& node);
  /// Ways to launch, which the record's tactic tells `planner`. May be null: one.
  std::vector<int32_t> (*tactics)(const kernel::NodeInfo& node) = nullptr;
};

std::unique_ptr<kernel::Candidate> make_own_candidate(const Row& row, const kernel::NodeInfo& node,
                                                      const device::Target& target,
                                                      const OwnKernel& own);
/// The record of a step, as candidates make it.
Result<kernel::Record> make_own_record(kernel::KernelId id,
                                       const kernel::Configuration& configuration,
                                       const std::string& text, const Bytes& parameters, int sm,
                                       Diagnostics& diag);
Result<std::unique_ptr<kernel::Loaded>> load_own(const kernel::RecordView& record,
                                                 const OwnKernel& own, Diagnostics& diag);

/// The bytes that tell ports apart, first in every record of this backend.
void put_ports(const kernel::Configuration& configuration, ByteWriter& bytes);
/// Which inputs a node has: bit i, of the first 64. A run's descriptors need not tell.
uint64_t present_inputs(const kernel::NodeInfo& node);
/// Descriptors with those of absent inputs made absent.
std::vector<kernel::TensorDesc> with_absent(std::span<const kernel::TensorDesc> inputs,
                                            uint64_t present);
/// Refuses a record whose tensors are not of the types and layouts it was made for.
Status expect_ports(ByteReader& bytes, const kernel::RecordView& record, Diagnostics& diag);
/// The sentence for a damaged record.
Status damaged(const kernel::RecordView& record, Diagnostics& diag);
/// As kernels of the CPU make it: operator, parameters, and which inputs are constants.
std::optional<std::string> timing_key_of(const kernel::NodeInfo& node);

/// Every port in the node's own type; inputs and outputs in these layouts.
kernel::Configuration uniform(const kernel::NodeInfo& node, kernel::Layout input,
                              kernel::Layout output);
/// OwnKernel::configurations of most: every port row-major.
std::vector<kernel::Configuration> linear_configurations(const kernel::NodeInfo& node);
/// OwnKernel::parameters of many: the operator, for ops::unpack.
void packed_operator(const kernel::NodeInfo& node, const kernel::Configuration& configuration,
                     ByteWriter& parameters);
/// Whether an optional input is given.
bool has_input(const kernel::NodeInfo& node, size_t input);
/// The C++ type of an element in kernels' texts; null for types that they do not know.
const char* type_name(DType type) noexcept;
/// One of the size of `type`, for elements that only move.
const char* moved_name(DType type) noexcept;
/// "input 1 is i4, …" for a present port whose type is not in `types`; empty when all are.
std::string refuse_types(const kernel::NodeInfo& node, std::initializer_list<DType> types);
inline constexpr std::initializer_list<DType> kFloatTypes = {DType::F32, DType::F16, DType::BF16,
                                                             DType::F64};
inline constexpr std::initializer_list<DType> kNumberTypes = {DType::F32, DType::F16, DType::BF16,
                                                              DType::F64, DType::I8,  DType::U8,
                                                              DType::I16, DType::I32, DType::I64};
inline constexpr std::initializer_list<DType> kAllTypes = {
    DType::F32, DType::F16, DType::BF16, DType::F64, DType::I8,
    DType::U8,  DType::I16, DType::I32,  DType::I64, DType::Bool};
/// "act_clip({}, low, high)" as text, for `value`.
std::string activated(const ops::Activation& activation, const std::string& value);

}  // namespace tenon::cuda
