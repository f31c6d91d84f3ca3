// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Assertions: the condition is copied to the processor, which waits for it, so that a run can fail.
#include <algorithm>

#include "backends/cuda/own_kernel.h"
#include "device/gpu.h"

namespace tenon::cuda::assertion {

namespace {

using device::cu_address;

class Candidate final : public kernel::Candidate {
 public:
  Candidate(const Row& row, const kernel::NodeInfo& node) : row_(row), node_(node) {}

  [[nodiscard]] kernel::KernelId id() const override { return {"cuda", row_.name, row_.version}; }
  [[nodiscard]] uint32_t flags() const override {
    return kernel::Flag::Pure | kernel::Flag::Synchronises;
  }
  std::vector<kernel::Configuration> configurations(Diagnostics&) override {
    return linear_configurations(node_);
  }
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override { return {{0, 0, false}}; }
  [[nodiscard]] std::optional<std::string> timing_key() const override { return std::nullopt; }
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t, int,
                                Diagnostics&) override {
    ByteWriter bytes;
    put_ports(configuration, bytes);
    packed_operator(node_, configuration, bytes);
    kernel::Record record;
    record.id = id();
    record.params = std::move(bytes).bytes();
    return record;
  }

 private:
  const Row& row_;
  const kernel::NodeInfo& node_;
};

class Instance final : public kernel::Instance {
 public:
  Instance(const device::Gpu& gpu, const std::string& message) : gpu_(gpu), message_(message) {}

  Status on_shapes(std::span<const kernel::TensorDesc> inputs,
                   std::span<const kernel::TensorDesc>) noexcept override {
    bytes_ = static_cast<size_t>(inputs[0].bytes());
    return gpu_.to_status(seen_.reserve(gpu_, bytes_));
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    words_ = {};
    if (bytes_ == 0) return {};
    if (args.stream->state() == device::Stream::State::Capturing) {
      words_ =
          "whether an assertion holds is read by the processor, which a graph cannot hold: do not "
          "capture runs of this engine";
      return {Code::Unsupported, "an assertion cannot be captured"};
    }
    const device::CudaDriver& driver = gpu_.driver();
    void* stream = args.stream->handle();
    const device::CuAddress from = cu_address(args.inputs[0]), to = cu_address(args.outputs[0]);
    int code = driver.cuMemcpyDtoHAsync(seen_.data(), from, bytes_, stream);
    if (code == 0 && from != to) code = driver.cuMemcpyDtoDAsync(to, from, bytes_, stream);
    if (code == 0) code = driver.cuStreamSynchronize(stream);
    TENON_TRY(gpu_.to_status(code));
    const std::span all(static_cast<const uint8_t*>(seen_.data()), bytes_);
    if (std::ranges::find(all, 0) == all.end()) return {};
    words_ = message_;
    return {Code::InvalidArgument, "the condition does not hold"};
  }
  [[nodiscard]] std::string_view last_error() const noexcept override { return words_; }

 private:
  const device::Gpu& gpu_;
  const std::string& message_;
  device::PinnedBuffer seen_;
  size_t bytes_ = 0;
  std::string_view words_;
};

class Loaded final : public kernel::Loaded {
 public:
  Loaded(const device::Gpu& gpu, std::string message) : gpu_(gpu), message_(std::move(message)) {}
  [[nodiscard]] size_t workspace(std::span<const kernel::TensorDesc>,
                                 std::span<const kernel::TensorDesc>) const noexcept override {
    return 0;
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    return std::unique_ptr<kernel::Instance>(std::make_unique<Instance>(gpu_, message_));
  }

 private:
  const device::Gpu& gpu_;
  const std::string message_;
};

}  // namespace

std::string refuse(const kernel::NodeInfo& node, const device::Target&) {
  return refuse_types(node, {DType::Bool});
}

std::unique_ptr<kernel::Candidate> create(const Row& row, const kernel::NodeInfo& node,
                                          const device::Target&) {
  return std::make_unique<Candidate>(row, node);
}

Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record, Diagnostics& diag) {
  ByteReader reader(record.params);
  TENON_TRY(expect_ports(reader, record, diag));
  auto op = ops::unpack<ops::Assertion>(reader);
  if (!op.ok() || record.inputs.size() != 1 || record.outputs.size() != 1 ||
      record.inputs[0].absent() || record.inputs[0].dims != record.outputs[0].dims) {
    return damaged(record, diag);
  }
  const device::Gpu* gpu = device::Gpu::current();
  if (gpu == nullptr) {
    return diag.fail(Code::Device, "layer '{}' runs on a GPU, and none is current in this thread",
                     record.node_name);
  }
  return std::unique_ptr<kernel::Loaded>(std::make_unique<Loaded>(*gpu, std::move(op->message)));
}

}  // namespace tenon::cuda::assertion
