// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One thing to compute: an operator, its inputs, and what the reference makes of them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kernel/candidate.h"
#include "ops/op.h"

namespace tenon::conformance {

/// Tensors of one run, by position; null for absent inputs.
using Tensors = std::vector<ops::ConstantRef>;

/// Built by chained calls:
///   cases.add("3x3", op).input({1, 8, 5, 5}).constant({4, 8, 3, 3}).absent().input({1, 4, 3, 3});
class Case {
 public:
  /// Makes the operator for a batch extent, for those whose parameters mention it.
  using MakeOp = std::function<ops::Op(const expr::Expr& batch)>;
  Case(std::string name, MakeOp make_op) : name_(std::move(name)), make_op_(std::move(make_op)) {}

  /// A tensor that changes between runs, filled with seeded numbers.
  Case& input(const Dims& dims, DType dtype = DType::F32);
  /// A tensor known at build time.
  Case& constant(const Dims& dims, DType dtype = DType::F32);
  Case& absent();
  /// The last tensor's numbers lie in [low, high]; by default −1 … 1, for integers −8 … 8.
  Case& range(double low, double high);
  /// The last tensor holds weights whose products are summed over `terms` terms: their numbers are
  /// such that the sums are about 1 in size.
  Case& unit_sums(int64_t terms);
  /// The last tensor's numbers, given.
  Case& values(std::vector<double> numbers);
  /// Axis 0 of all inputs that are not constant is one symbol, its extent the expected one; the
  /// smallest is 1, the greatest twice the expected.
  Case& dynamic();
  /// Integers may be one quantisation step from the reference's, which rounds but once.
  Case& one_step();
  /// Every kernel must report a failure of its run.
  Case& fails();

  /// The same with numbers of another floating type in the place of f32; nullopt where there are
  /// none, or the operator's rule refuses that type.
  [[nodiscard]] std::optional<Case> in_type(DType dtype) const;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] bool must_fail() const noexcept { return fails_; }
  /// Greatest difference allowed of integers.
  [[nodiscard]] double steps() const noexcept { return steps_; }
  /// Extents of the batch to run with; a single −1 when nothing is dynamic.
  [[nodiscard]] std::vector<int64_t> batches() const;
  /// Inputs of a run. The same batch gives the same numbers always.
  [[nodiscard]] Tensors inputs(int64_t batch) const;
  /// What the reference computes from them; empty when it fails.
  [[nodiscard]] Tensors expected(int64_t batch) const;

  /// The node as a builder would show it to candidates. `op` and constants are kept by the object.
  struct Node {
    ops::Op op;
    Tensors constants;
    kernel::NodeInfo info;
  };
  /// Fails the running test when the operator's rule refuses the inputs.
  [[nodiscard]] std::unique_ptr<Node> node() const;

 private:
  struct Tensor {
    DType dtype = DType::F32;
    Dims dims;
    bool present = true, constant = false;
    double low = -1, high = 1;
    std::vector<double> numbers;
  };
  Case& add(const Dims& dims, DType dtype, bool constant);
  [[nodiscard]] Dims dims_of(const Tensor& tensor, int64_t batch) const;

  std::string name_;
  MakeOp make_op_;
  std::vector<Tensor> tensors_;
  bool dynamic_ = false, fails_ = false;
  double steps_ = 0;
};

/// Where the families put their cases.
class Cases {
 public:
  /// `family` goes before the names of the cases.
  explicit Cases(std::vector<Case>& all, std::string family)
      : all_(all), family_(std::move(family)) {}
  Case& add(const std::string& name, const ops::Op& op) {
    return add(name, [op](const expr::Expr&) { return op; });
  }
  Case& add(const std::string& name, Case::MakeOp make_op) {
    return all_.emplace_back(family_ + " " + name, std::move(make_op));
  }

 private:
  std::vector<Case>& all_;
  std::string family_;
};

/// Numbers that are the same on every machine.
class Random {
 public:
  explicit Random(uint64_t seed) noexcept : state_(seed) {}
  uint64_t next() noexcept;
  /// An integer in [low, high].
  int64_t between(int64_t low, int64_t high) noexcept {
    return low + static_cast<int64_t>(next() % static_cast<uint64_t>(high - low + 1));
  }
  double real(double low, double high) noexcept {
    return low + (high - low) * static_cast<double>(next() >> 11) * 0x1p-53;
  }
  bool chance(int percent) noexcept { return between(0, 99) < percent; }
  template <class Container>
  auto pick(const Container& from) noexcept {
    return from[static_cast<size_t>(between(0, static_cast<int64_t>(std::size(from)) - 1))];
  }

 private:
  uint64_t state_;
};

/// All cases of all families, in order.
const std::vector<Case>& all_cases();

// One file a family.
void add_convolutions(Cases cases);
void add_mat_muls(Cases cases);
void add_poolings(Cases cases);
void add_resizes(Cases cases);
void add_activations(Cases cases);
void add_unaries(Cases cases);
void add_element_wises(Cases cases);
void add_pointwises(Cases cases);
void add_reductions(Cases cases);
void add_movements(Cases cases);
void add_indices(Cases cases);
void add_visions(Cases cases);
void add_attention(Cases cases);
void add_quantised(Cases cases);

}  // namespace tenon::conformance
