// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Convolutions by cuDNN; engines that it proposes, fused or followed by own code, are tactics.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "backends/cuda/cudnn_plans.h"
#include "backends/cuda/library.h"
#include "backends/cuda/own_kernel.h"
#include "backends/cuda/tail.h"
#include "device/gpu.h"

namespace tenon::cuda::cudnn_convolution {

namespace {

using kernel::Layout;
using kernel::TensorDesc;

constexpr size_t kMostWorkspace = size_t{256} << 20;
constexpr size_t kMostProposals = 4, kMostPlainProposals = 3, kMostOthers = 8;

const ops::Convolution& op_of(const kernel::NodeInfo& node) {
  return std::get<ops::Convolution>(*node.op);
}

/// What cuDNN does of a node, and what follows.
struct Parts {
  CudnnFusion fusion;
  Tail tail;

  /// `fuses`: as much as possible in the library.
  Parts(const ops::Convolution& op, bool bias, bool residual, bool fuses) {
    fusion.bias = bias && fuses;
    fusion.residual = residual && fuses;
    if (bias && !fuses) tail.addends.push_back({ops::kConvBias, true});
    if (residual && !fuses) tail.addends.push_back({ops::kConvResidual, false});
    const bool activates = fuses && cudnn_activates(op.activation);
    (activates ? fusion.activation : tail.activation) = op.activation;
  }
};

struct Proposal {
  bool fused = false;
  CudnnChoice choice;
};

/// Weights [M, C, spatial…] with their channels last.
Bytes channels_last(const ops::ConstantData& weights) {
  const Dims& dims = weights.dims();
  const size_t size = byte_size(weights.dtype(), 1);
  int64_t places = 1;
  for (int axis = 2; axis < dims.rank(); ++axis) places *= dims[axis];
  Bytes packed(weights.bytes().size());
  for (int64_t m = 0; m < dims[0]; ++m) {
    for (int64_t c = 0; c < dims[1]; ++c) {
      for (int64_t p = 0; p < places; ++p) {
        const auto from = static_cast<size_t>((m * dims[1] + c) * places + p) * size;
        const auto to = static_cast<size_t>((m * places + p) * dims[1] + c) * size;
        std::copy_n(weights.bytes().begin() + static_cast<std::ptrdiff_t>(from), size,
                    packed.begin() + static_cast<std::ptrdiff_t>(to));
      }
    }
  }
  return packed;
}

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
    std::vector<kernel::Configuration> all = {uniform(node_, Layout::linear(), Layout::linear())};
    if (node_.inputs[ops::kConvWeight].constant == nullptr || op_of(node_).kernel.rank() != 2) {
      return all;
    }
    kernel::Configuration last = uniform(node_, Layout::linear(), Layout::hwc());
    last.inputs[ops::kConvX].layout = Layout::hwc();
    if (has_input(node_, ops::kConvResidual)) {
      last.inputs[ops::kConvResidual].layout = Layout::hwc();
    }
    // What the library likes best comes first.
    all.insert(node_.outputs[0].dtype == DType::F32 ? all.end() : all.begin(), last);
    return all;
  }
  Status configure(const kernel::Configuration& configuration, Diagnostics& diag) override {
    proposals_.clear();
    for (const bool fuses : {true, false}) {
      if (!fuses && parts_of(fuses).tail.empty()) continue;
      const auto graph = graph_of(configuration, fuses);
      if (!graph.ok()) continue;
      const size_t most = fuses ? kMostProposals : kMostPlainProposals;
      for (CudnnChoice& choice : cudnn_proposals(*graph, most, node_.allow_tf32)) {
        proposals_.push_back({fuses, std::move(choice)});
      }
    }
    if (!proposals_.empty()) return {};
    return diag.fail(Code::Unsupported, "cuDNN has no engine for '{}' ({})", node_.name,
                     cudnn_words());
  }
  std::vector<int32_t> tactics() override {
    std::vector<int32_t> all;
    for (size_t i = 0; i < proposals_.size(); ++i) all.push_back(static_cast<int32_t>(i));
    return all;
  }
  /// Weights are brought into order; the engine keeps no other copy of them.
  [[nodiscard]] std::vector<int> absorbed_inputs() const override {
    if (node_.inputs[ops::kConvWeight].constant == nullptr) return {};
    return {ops::kConvWeight};
  }
  [[nodiscard]] std::optional<std::string> timing_key() const override {
    const auto key = timing_key_of(node_);
    if (!key || cudnn() == nullptr) return std::nullopt;
    return fmt::format("{}:{}{}", *key, cudnn()->version(), node_.allow_tf32 ? ":tf32" : "");
  }
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic, int,
                                Diagnostics& diag) override {
    if (tactic < 0 || static_cast<size_t>(tactic) >= proposals_.size()) {
      return diag.fail(Code::InvalidArgument, "cuDNN did not propose tactic {} for '{}'", tactic,
                       node_.name);
    }
    const Proposal& proposal = proposals_[static_cast<size_t>(tactic)];
    TENON_ASSIGN(const CudnnGraph graph, graph_of(configuration, proposal.fused));
    const CudnnLease lease(graph, proposal.choice);
    const size_t workspace = lease.ok() ? CudnnGraph::workspace(lease.plan()) : 0;
    if (!lease.ok() || workspace > kMostWorkspace) {
      return diag.fail(Code::Unsupported, "cuDNN's engine {} cannot serve '{}'",
                       proposal.choice.engine, node_.name);
    }
    kernel::Record record;
    record.id = id();
    record.tactic = tactic;
    ByteWriter bytes;
    put_ports(configuration, bytes);
    TENON_ASSIGN(const Bytes op, ops::pack(*node_.op));
    bytes.raw(op);
    bytes.put(static_cast<uint64_t>(cudnn()->version()));
    bytes.put(static_cast<uint8_t>(node_.allow_tf32));
    bytes.put(present_inputs(node_));
    bytes.put(static_cast<uint8_t>(proposal.fused));
    bytes.put(static_cast<uint64_t>(workspace));
    bytes.put(proposal.choice.engine);
    bytes.put(static_cast<uint32_t>(proposal.choice.knobs.size()));
    for (const auto& [knob, value] : proposal.choice.knobs) {
      bytes.put(knob);
      bytes.put(value);
    }
    const auto* weights = node_.inputs[ops::kConvWeight].constant;
    bytes.put(static_cast<uint8_t>(weights != nullptr));
    if (weights != nullptr) {
      for (const int64_t extent : weights->dims()) bytes.put(extent);
      const bool last = configuration.outputs[0].layout.order == Layout::Order::ChannelsLast;
      Bytes data =
          last ? channels_last(*weights) : Bytes(weights->bytes().begin(), weights->bytes().end());
      record.packed.push_back({{std::byte{last}}, std::move(data)});
    }
    TENON_TRY(write_tail(parts_of(proposal.fused).tail, node_, configuration, target_, bytes,
                         record.packed, diag));
    record.params = std::move(bytes).bytes();
    record.metadata = fmt::format("cuDNN {}, engine {}{}", cudnn()->version(),
                                  proposal.choice.engine, proposal.fused ? ", fused" : "");
    return record;
  }

 private:
  [[nodiscard]] Result<CudnnGraph> graph_of(const kernel::Configuration& configuration,
                                            bool fuses) const {
    std::vector<TensorDesc> inputs;
    for (size_t i = 0; i < node_.inputs.size(); ++i) {
      const kernel::PortInfo& port = node_.inputs[i];
      inputs.push_back(port.present ? port.opt_desc(configuration.inputs[i].layout) : TensorDesc{});
    }
    const TensorDesc output = node_.outputs[0].opt_desc(configuration.outputs[0].layout);
    return CudnnGraph::make(op_of(node_), inputs, output, parts_of(fuses).fusion);
  }
  [[nodiscard]] Parts parts_of(bool fuses) const {
    return {op_of(node_), has_input(node_, ops::kConvBias), has_input(node_, ops::kConvResidual),
            fuses};
  }

  const Row& row_;
  const kernel::NodeInfo& node_;
  const device::Target& target_;
  std::vector<Proposal> proposals_;
};

/// What contexts share.
struct Shared {
  ops::Convolution op;
  bool tf32 = false, fused = false;
  uint64_t present = 0;
  uint64_t workspace = 0;
  CudnnChoice choice;
  TensorDesc weights;
  device::GpuBuffer packed;  ///< empty when weights come at run time
  LoadedTail tail;
};

class Instance final : public kernel::Instance {
 public:
  Instance(const Shared& shared, TailInstance tail) : shared_(shared), tail_(std::move(tail)) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    plan_ = {};
    addresses_ = {};
    if (outputs[0].elements() == 0) return {};
    std::vector<TensorDesc> descs = with_absent(inputs, shared_.present);
    if (shared_.packed.data() != nullptr) descs[ops::kConvWeight] = shared_.weights;
    const Parts parts(shared_.op, there(descs, ops::kConvBias), there(descs, ops::kConvResidual),
                      shared_.fused);
    fusion_ = parts.fusion;
    TENON_ASSIGN(const CudnnGraph graph,
                 CudnnGraph::make(shared_.op, descs, outputs[0], parts.fusion));
    if (!lease(graph, shared_.choice)) {
      // Extents are others than the engine was chosen for.
      const auto others = cudnn_proposals(graph, kMostOthers, shared_.tf32);
      const bool found = std::any_of(others.begin(), others.end(),
                                     [&](const CudnnChoice& other) { return lease(graph, other); });
      if (!found) return {Code::Unsupported, "cuDNN has no engine for these extents"};
    }
    return tail_.on_shapes(inputs, outputs);
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    if (!plan_.ok()) return {};
    void* handle = cudnn_handle();
    void* stream = args.stream == nullptr ? nullptr : args.stream->handle();
    if (handle == nullptr || cudnn()->set_stream(handle, stream) != 0 || !bind(args) ||
        cudnn()->execute(handle, plan_.plan().get(), pack_.get()) != 0) {
      return {Code::Device, "cuDNN could not start a convolution"};
    }
    return tail_.run(args);
  }

 private:
  using Addresses = std::array<const void*, 6>;

  /// Whether the engine can run in the memory that there is; then plan_ is its plan.
  bool lease(const CudnnGraph& graph, const CudnnChoice& choice) {
    plan_ = CudnnLease(graph, choice);
    if (plan_.ok() && CudnnGraph::workspace(plan_.plan()) > shared_.workspace) plan_ = {};
    return plan_.ok();
  }

  static bool there(std::span<const TensorDesc> inputs, size_t i) {
    return i < inputs.size() && !inputs[i].absent();
  }

  /// Packs the addresses of this run, which seldom change.
  bool bind(const kernel::RunArgs& args) {
    const void* packed = shared_.packed.data();
    const Addresses now = {args.inputs[ops::kConvX],
                           packed != nullptr ? packed : args.inputs[ops::kConvWeight],
                           fusion_.bias ? args.inputs[ops::kConvBias] : nullptr,
                           fusion_.residual ? args.inputs[ops::kConvResidual] : nullptr,
                           args.outputs[0],
                           args.workspace};
    if (pack_.ok() && now == addresses_) return true;
    constexpr int kIds = 1000, kPointers = 1001, kWorkspace = 1003;
    std::vector<int64_t> ids;
    std::vector<void*> pointers;
    for (size_t i = 0; i < 5; ++i) {
      if (now[i] == nullptr) continue;
      ids.push_back(static_cast<int64_t>(i) + kCudnnX);
      pointers.push_back(const_cast<void*>(now[i]));
    }
    pack_ = CudnnDescriptor(cudnn_kind::kPack);
    pack_.set(kIds, cudnn_type::kInt64, std::span<const int64_t>(ids))
        .set(kPointers, cudnn_type::kPointer, std::span<void* const>(pointers))
        .set(kWorkspace, cudnn_type::kPointer, args.workspace)
        .finalize();
    addresses_ = now;
    return pack_.ok();
  }

  const Shared& shared_;
  TailInstance tail_;
  CudnnFusion fusion_;
  CudnnLease plan_;
  CudnnDescriptor pack_;
  Addresses addresses_{};
};

Status read_engine(ByteReader& reader, const kernel::RecordView& record, Shared& shared,
                   Diagnostics& diag) {
  const auto version = reader.take<uint64_t>();
  shared.tf32 = reader.take<uint8_t>() != 0;
  shared.present = reader.take<uint64_t>();
  shared.fused = reader.take<uint8_t>() != 0;
  shared.workspace = reader.take<uint64_t>();
  shared.choice.engine = reader.take<int64_t>();
  const auto knobs = reader.take<uint32_t>();
  for (uint32_t i = 0; i < knobs && reader.ok(); ++i) {
    const auto knob = reader.take<int64_t>();
    shared.choice.knobs.emplace_back(knob, reader.take<int64_t>());
  }
  if (!reader.ok() || shared.workspace > kMostWorkspace) return damaged(record, diag);
  return expect_version("cuDNN", cudnn(), version, record, diag);
}

Status read_weights(ByteReader& reader, const kernel::RecordView& record, Shared& shared,
                    Diagnostics& diag) {
  if (reader.take<uint8_t>() == 0) {
    return reader.ok() && !record.inputs[ops::kConvWeight].absent() ? Status{}
                                                                    : damaged(record, diag);
  }
  shared.weights.dtype = record.outputs[0].dtype;
  shared.weights.dims = {};
  uint64_t bytes = byte_size(shared.weights.dtype, 1);
  const uint64_t there = record.packed.empty() ? 0 : record.packed[0].data.size();
  for (int axis = 0; axis < shared.op.kernel.rank() + 2; ++axis) {
    const auto extent = reader.take<int64_t>();
    if (extent < 1 || static_cast<uint64_t>(extent) > there) return damaged(record, diag);
    shared.weights.dims.push_back(extent);
    bytes *= static_cast<uint64_t>(extent);
    if (bytes > there) return damaged(record, diag);
  }
  const bool last = record.outputs[0].layout.order == Layout::Order::ChannelsLast;
  if (!reader.ok() || bytes != there || record.packed[0].layout.size() != 1 ||
      record.packed[0].layout[0] != std::byte{last}) {
    return damaged(record, diag);
  }
  TENON_ASSIGN(shared.packed, device::GpuBuffer::copy_of(record.packed[0].data));
  return {};
}

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  if (std::string reason = refuse_types(node, {DType::F32, DType::F16, DType::BF16});
      !reason.empty()) {
    return reason;
  }
  if (cudnn() == nullptr) return "cuDNN is not installed";
  if (device::Gpu::current() == nullptr) return "no GPU is current, and cuDNN asks one";
  const int rank = op_of(node).kernel.rank();
  if (rank < 1 || rank > 3) return fmt::format("it has {} spatial axes", rank);
  if (node.outputs[0].opt.volume() == 0) return "its output is empty";
  return {};
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target& target) {
  return std::make_unique<Candidate>(row, node, target);
}

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  ByteReader reader(record.params);
  TENON_TRY(expect_ports(reader, record, diag));
  auto op = ops::unpack<ops::Convolution>(reader);
  if (!op.ok() || record.inputs.size() < 2 || record.inputs[0].absent() || op->kernel.rank() > 3) {
    return damaged(record, diag);
  }
  Shared shared;
  shared.op = std::move(op).value();
  TENON_TRY(read_engine(reader, record, shared, diag));
  TENON_TRY(read_weights(reader, record, shared, diag));
  const size_t blob = shared.packed.data() != nullptr ? 1 : 0;
  TENON_ASSIGN(shared.tail, LoadedTail::read(reader, record, blob, diag));
  return std::unique_ptr<kernel::Loaded>(
      std::make_unique<LibraryLoaded<Shared, Instance>>(std::move(shared)));
}

}  // namespace tenon::cuda::cudnn_convolution
