// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// A reference kernel between record and run, and the row that offers it.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "backends/ref/call.h"
#include "kernel/candidate.h"

namespace tenon::ref {

/// Made from a record; immutable, shared by all instances.
class Kernel {
 public:
  virtual ~Kernel() = default;
  /// One entry an input of the node: 0 for an absent optional one.
  [[nodiscard]] std::span<const uint8_t> present() const noexcept { return present_; }
  /// Scratch bytes of a run with these shapes.
  [[nodiscard]] virtual size_t workspace(
      std::span<const kernel::TensorDesc> inputs,
      std::span<const kernel::TensorDesc> outputs) const noexcept {
    (void)inputs, (void)outputs;
    return 0;
  }
  /// Refuses, saying why, shapes and types that do not follow from the operator's rule.
  virtual Status check(std::span<const kernel::TensorDesc> inputs,
                       std::span<const kernel::TensorDesc> outputs, Diagnostics& diag) const = 0;
  /// What to say of a run that fails, beyond its Status; empty when that says all.
  [[nodiscard]] virtual std::string_view words() const noexcept { return {}; }
  /// Computes what check() has accepted. Never allocates.
  virtual Status run(const Call& call) const noexcept = 0;

 protected:
  std::vector<uint8_t> present_;
};

/// Types that a kernel can have at its inputs and outputs; bit i: static_cast<DType>(i).
using TypeSet = uint32_t;
template <class... Types>
constexpr TypeSet types(Types... all) {
  return ((1U << static_cast<unsigned>(all)) | ...);
}
inline constexpr TypeSet kFloats = types(DType::F32, DType::F64, DType::F16, DType::BF16);
inline constexpr TypeSet kNumbers =
    kFloats | types(DType::I8, DType::U8, DType::I16, DType::I32, DType::I64);
inline constexpr TypeSet kAll = kNumbers | types(DType::Bool);
/// Types that are converted from and to, and otherwise only copied.
inline constexpr TypeSet kStorage =
    types(DType::F8E4M3, DType::F8E5M2, DType::F8E8M0, DType::F4E2M1, DType::U16, DType::I4,
          DType::U4, DType::I2, DType::U2);

/// One line of the list of kernels.
struct Row {
  std::string_view name;  ///< the operator's, and the kernel's
  TypeSet types;
  /// Ok, or says as info in `diag` why this node cannot be computed. Types have been checked.
  Status (*supports)(const kernel::NodeInfo& node, Diagnostics& diag);
  /// Fills params and packed of a record for a supported node.
  Status (*write)(const kernel::NodeInfo& node, kernel::Record& record, Diagnostics& diag);
  /// The kernel of a record; hostile bytes are refused.
  Result<std::unique_ptr<Kernel>> (*create)(const kernel::RecordView& record, Diagnostics& diag);
};

/// Says why not, as info, and returns the Status for it.
template <class... Args>
Status decline(Diagnostics& diag, fmt::format_string<Args...> text, Args&&... args) {
  diag.info("ref: {}", fmt::format(text, std::forward<Args>(args)...));
  return {Code::Unsupported, "the reference backend declines"};
}

/// Writes ops::pack(op), then which inputs are present.
Status write_head(const ops::Op& op, const kernel::NodeInfo& node, kernel::Record& record,
                  Diagnostics& diag);
/// Reads which inputs are present; false when damaged.
bool read_present(ByteReader& reader, std::vector<uint8_t>& present);

/// Refuses outputs that are not what `op`'s rule gives for the inputs, and layouts that are not
/// linear. Every member of `op` is a number.
Status check_shapes(const ops::Op& op, std::span<const uint8_t> present,
                    std::span<const kernel::TensorDesc> inputs,
                    std::span<const kernel::TensorDesc> outputs, Diagnostics& diag);

}  // namespace tenon::ref
