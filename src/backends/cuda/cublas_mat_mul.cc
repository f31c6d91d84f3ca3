// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Products of matrices by cuBLASLt; what it proposes are tactics.
#include <fmt/core.h>

#include "backends/cuda/cublas_product.h"
#include "backends/cuda/library.h"
#include "backends/cuda/own_kernel.h"
#include "backends/cuda/tail.h"
#include "device/gpu.h"

namespace tenon::cuda::cublas_mat_mul {

namespace {

using kernel::Layout;
using kernel::TensorDesc;

constexpr size_t kMostWorkspace = size_t{32} << 20;
constexpr int kMostProposals = 8;

const ops::MatMul& op_of(const kernel::NodeInfo& node) { return std::get<ops::MatMul>(*node.op); }

Status describe_opt(const kernel::NodeInfo& node, Product& product) {
  std::vector<TensorDesc> inputs;
  for (const kernel::PortInfo& port : node.inputs) {
    inputs.push_back(port.present ? port.opt_desc(Layout::linear()) : TensorDesc{});
  }
  return describe_product(op_of(node), inputs, node.outputs[0].opt_desc(Layout::linear()), product);
}

/// What the library does of a node, and what follows.
struct Parts {
  CublasWork work;
  Tail tail;

  Parts(const ops::MatMul& op, const Product& product, DType dtype, bool tf32) {
    work.dtype = dtype;
    work.tf32 = tf32 && dtype == DType::F32;
    const auto bias = cublas_bias(product);
    // In doubles, the library knows no epilogues.
    const bool plain = dtype == DType::F64;
    const bool adds = bias && !(plain && *bias == CublasBias::Vector);
    work.bias = adds ? *bias : CublasBias::None;
    if (!adds) tail.addends.push_back({2, false});
    if (adds && !plain && cublas_activates(op.activation)) {
      work.activation = op.activation;
    } else {
      tail.activation = op.activation;
    }
  }
};

class Candidate final : public kernel::Candidate {
 public:
  Candidate(const Row& row, const kernel::NodeInfo& node, const device::Target& target)
      : row_(row), node_(node), target_(target) {}

  [[nodiscard]] kernel::KernelId id() const override { return {"cuda", row_.name, row_.version}; }
  [[nodiscard]] uint32_t flags() const override {
    return kernel::Flag::Pure |
           static_cast<kernel::Flag>(kernel::Flag::Capturable | kernel::Flag::Allocates);
  }
  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return {uniform(node_, Layout::linear(), Layout::linear())};
  }
  Status configure(const kernel::Configuration&, Diagnostics& diag) override {
    proposals_.clear();
    Product product;
    TENON_TRY(describe_opt(node_, product));
    parts_.emplace(op_of(node_), product, node_.outputs[0].dtype, node_.allow_tf32);
    TENON_ASSIGN(const CublasProduct described, CublasProduct::make(product, parts_->work));
    proposals_ = described.heuristics(kMostProposals, kMostWorkspace);
    if (!proposals_.empty()) return {};
    return diag.fail(Code::Unsupported, "cuBLASLt has no algorithm for '{}'", node_.name);
  }
  std::vector<int32_t> tactics() override {
    std::vector<int32_t> all;
    for (size_t i = 0; i < proposals_.size(); ++i) all.push_back(static_cast<int32_t>(i));
    return all;
  }
  [[nodiscard]] std::optional<std::string> timing_key() const override {
    const auto key = timing_key_of(node_);
    if (!key || cublas_lt() == nullptr) return std::nullopt;
    return fmt::format("{}:{}{}", *key, cublas_lt()->version(), node_.allow_tf32 ? ":tf32" : "");
  }
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic, int,
                                Diagnostics& diag) override {
    if (!parts_ || tactic < 0 || static_cast<size_t>(tactic) >= proposals_.size()) {
      return diag.fail(Code::InvalidArgument, "cuBLASLt did not propose tactic {} for '{}'", tactic,
                       node_.name);
    }
    const CublasFound& found = proposals_[static_cast<size_t>(tactic)];
    kernel::Record record;
    record.id = id();
    record.tactic = tactic;
    ByteWriter bytes;
    put_ports(configuration, bytes);
    TENON_ASSIGN(const Bytes op, ops::pack(*node_.op));
    bytes.raw(op);
    bytes.put(static_cast<uint8_t>(parts_->work.tf32));
    bytes.put(present_inputs(node_));
    bytes.put(static_cast<uint64_t>(cublas_lt()->version()));
    for (const uint64_t word : found.algorithm.data) bytes.put(word);
    bytes.put(static_cast<uint64_t>(found.workspace));
    TENON_TRY(write_tail(parts_->tail, node_, configuration, target_, bytes, record.packed, diag));
    record.params = std::move(bytes).bytes();
    record.metadata = fmt::format("cuBLASLt {}, proposal {}", cublas_lt()->version(), tactic);
    return record;
  }

 private:
  const Row& row_;
  const kernel::NodeInfo& node_;
  const device::Target& target_;
  std::optional<Parts> parts_;
  std::vector<CublasFound> proposals_;
};

/// What contexts share.
struct Shared {
  ops::MatMul op;
  bool tf32 = false;
  uint64_t present = 0;
  CublasAlgorithm algorithm{};
  uint64_t workspace = 0;
  LoadedTail tail;
};

class Instance final : public kernel::Instance {
 public:
  Instance(const Shared& shared, TailInstance tail) : shared_(shared), tail_(std::move(tail)) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    product_.reset();
    if (outputs[0].elements() == 0) return {};
    Product product;
    TENON_TRY(
        describe_product(shared_.op, with_absent(inputs, shared_.present), outputs[0], product));
    if (!refuse_cublas(product).empty()) return kUnlikeShapes;
    const Parts parts(shared_.op, product, outputs[0].dtype, shared_.tf32);
    if (parts.tail.addends.size() != shared_.tail.addends().size()) return kUnlikeShapes;
    biased_ = parts.work.bias != CublasBias::None;
    TENON_ASSIGN(auto made, CublasProduct::make(product, parts.work));
    product_.emplace(std::move(made));
    TENON_TRY(choose());
    return tail_.on_shapes(inputs, outputs);
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    if (!product_) return {};
    const int code =
        product_->run(algorithm_, args.inputs[0], args.inputs[1],
                      biased_ ? args.inputs[2] : nullptr, args.outputs[0], args.workspace,
                      shared_.workspace, args.stream == nullptr ? nullptr : args.stream->handle());
    if (code != 0) return {Code::Device, "cuBLASLt could not start a product"};
    return tail_.run(args);
  }

 private:
  /// The algorithm of the record, or another where extents are others than it was chosen for.
  Status choose() {
    size_t needed = 0;
    algorithm_ = shared_.algorithm;
    if (product_->takes(algorithm_, needed) && needed <= shared_.workspace) return {};
    const auto found = product_->heuristics(1, shared_.workspace);
    if (found.empty()) return {Code::Unsupported, "cuBLASLt has no algorithm for these extents"};
    algorithm_ = found[0].algorithm;
    return {};
  }

  const Shared& shared_;
  TailInstance tail_;
  std::optional<CublasProduct> product_;
  CublasAlgorithm algorithm_{};
  bool biased_ = false;
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_types(node, kFloatTypes); !reason.empty()) return reason;
  if (cublas_lt() == nullptr) return "cuBLASLt is not installed";
  if (device::Gpu::current() == nullptr) return "no GPU is current, and cuBLASLt asks one";
  for (const kernel::PortInfo& port : node.inputs) {
    if (port.present && port.min.volume() == 0) return "a matrix is empty";
  }
  Product product;
  if (!describe_opt(node, product).ok()) return "its shapes do not fit together";
  return refuse_cublas(product);
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  ByteReader reader(record.params);
  TENON_TRY(expect_ports(reader, record, diag));
  auto op = ops::unpack<ops::MatMul>(reader);
  if (!op.ok() || record.inputs.size() < 2 || record.inputs[0].absent() ||
      record.inputs[1].absent()) {
    return damaged(record, diag);
  }
  Shared shared;
  shared.op = std::move(op).value();
  shared.tf32 = reader.take<uint8_t>() != 0;
  shared.present = reader.take<uint64_t>();
  const auto version = reader.take<uint64_t>();
  for (uint64_t& word : shared.algorithm.data) word = reader.take<uint64_t>();
  shared.workspace = reader.take<uint64_t>();
  if (!reader.ok() || shared.workspace > kMostWorkspace) return damaged(record, diag);
  TENON_TRY(expect_version("cuBLASLt", cublas_lt(), version, record, diag));
  TENON_ASSIGN(shared.tail, LoadedTail::read(reader, record, 0, diag));
  return std::unique_ptr<kernel::Loaded>(
      std::make_unique<LibraryLoaded<Shared, Instance>>(std::move(shared)));
}

}  // namespace tenon::cuda::cublas_mat_mul
