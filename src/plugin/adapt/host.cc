// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies before, the plugin, copies behind.
#include "plugin/adapt/host.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "device/gpu.h"
#include "tenon/host_plugin.h"

namespace tenon::plugin {

namespace {

using device::cu_address;
using device::PinnedBuffer;
using kernel::TensorDesc;

struct HostPlugins {
  std::mutex mutex;
  std::vector<ops::PluginId> ids;
};

HostPlugins& host_plugins() {
  static auto* all = new HostPlugins;
  return *all;
}

size_t bytes_of(const TensorDesc& desc) { return static_cast<size_t>(desc.bytes()); }

class HostInstance final : public kernel::Instance {
 public:
  /// `owner` is the engine's object, which tells how much scratch the plugin wants.
  HostInstance(std::unique_ptr<kernel::Instance> inner, const kernel::Loaded& owner)
      : inner_(std::move(inner)), owner_(owner) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    words_ = {};
    const device::Gpu* gpu = device::Gpu::current();
    if (gpu == nullptr) return {Code::Device, "a step of an engine for a GPU has none"};
    TENON_TRY(inner_->on_shapes(inputs, outputs));
    inputs_.assign(inputs.begin(), inputs.end());
    outputs_.assign(outputs.begin(), outputs.end());
    in_.resize(inputs.size());
    out_.resize(outputs.size());
    int code = scratch_.reserve(*gpu, owner_.workspace(inputs, outputs));
    for (size_t i = 0; i < in_.size() && code == 0; ++i) {
      code = in_[i].reserve(*gpu, bytes_of(inputs[i]));
    }
    for (size_t i = 0; i < out_.size() && code == 0; ++i) {
      code = out_[i].reserve(*gpu, bytes_of(outputs[i]));
    }
    if (code != 0) words_ = "the driver gives no memory for copies of the plugin's tensors";
    return gpu->to_status(code);
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    words_ = {};
    const device::Gpu* gpu = device::Gpu::current();
    if (gpu == nullptr) return {Code::Device, "a step of an engine for a GPU has none"};
    if (args.stream->state() == device::Stream::State::Capturing) {
      words_ =
          "the plugin computes on the processor, which a graph of the GPU cannot hold: do not "
          "capture runs of this engine";
      return {Code::Unsupported, "a plugin on the processor cannot be captured"};
    }
    TENON_TRY(gpu->to_status(fetch(*gpu, args)));
    for (size_t i = 0; i < out_.size(); ++i) to_[i] = place_of(args, i);
    device::Stream none;
    kernel::RunArgs here = args;
    here.inputs = from_.data();
    here.outputs = to_.data();
    here.workspace = scratch_.data();
    here.stream = &none;
    TENON_TRY(inner_->run(here));
    return gpu->to_status(give(*gpu, args));
  }

  [[nodiscard]] std::string_view last_error() const noexcept override {
    return words_.empty() ? inner_->last_error() : words_;
  }

 private:
  int fetch(const device::Gpu& gpu, const kernel::RunArgs& args) noexcept {
    from_.assign(in_.size(), nullptr);
    to_.assign(out_.size(), nullptr);
    for (size_t i = 0; i < in_.size(); ++i) {
      if (args.inputs[i] == nullptr) continue;
      from_[i] = in_[i].data();
      const size_t bytes = bytes_of(inputs_[i]);
      if (bytes == 0) continue;
      const int code = gpu.driver().cuMemcpyDtoHAsync(in_[i].data(), cu_address(args.inputs[i]),
                                                      bytes, args.stream->handle());
      if (code != 0) return code;
    }
    return gpu.driver().cuStreamSynchronize(args.stream->handle());
  }

  /// An output that lies over an input lies over it here, too.
  [[nodiscard]] void* place_of(const kernel::RunArgs& args, size_t output) const noexcept {
    for (size_t i = 0; i < in_.size(); ++i) {
      if (args.inputs[i] != nullptr && args.inputs[i] == args.outputs[output]) return in_[i].data();
    }
    return args.outputs[output] == nullptr ? nullptr : out_[output].data();
  }

  int give(const device::Gpu& gpu, const kernel::RunArgs& args) const noexcept {
    for (size_t i = 0; i < out_.size(); ++i) {
      const size_t bytes = bytes_of(outputs_[i]);
      if (args.outputs[i] == nullptr || bytes == 0) continue;
      const int code = gpu.driver().cuMemcpyHtoDAsync(cu_address(args.outputs[i]), to_[i], bytes,
                                                      args.stream->handle());
      if (code != 0) return code;
    }
    return 0;
  }

  std::unique_ptr<kernel::Instance> inner_;
  const kernel::Loaded& owner_;
  std::vector<TensorDesc> inputs_, outputs_;
  std::vector<PinnedBuffer> in_, out_;
  PinnedBuffer scratch_;
  std::vector<const void*> from_;
  std::vector<void*> to_;
  std::string_view words_;
};

class HostLoaded final : public kernel::Loaded {
 public:
  explicit HostLoaded(std::unique_ptr<kernel::Loaded> inner) : inner_(std::move(inner)) {}

  /// Of the GPU's memory: none.
  [[nodiscard]] size_t workspace(std::span<const TensorDesc>,
                                 std::span<const TensorDesc>) const noexcept override {
    return 0;
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources& resources) override {
    TENON_ASSIGN(auto inner, inner_->create_instance(resources));
    return std::unique_ptr<kernel::Instance>(
        std::make_unique<HostInstance>(std::move(inner), *inner_));
  }
  [[nodiscard]] std::string state() const override { return inner_->state(); }

 private:
  std::unique_ptr<kernel::Loaded> inner_;
};

class HostCandidate final : public kernel::Candidate {
 public:
  explicit HostCandidate(std::unique_ptr<kernel::Candidate> inner) : inner_(std::move(inner)) {}

  [[nodiscard]] kernel::KernelId id() const override {
    kernel::KernelId own = inner_->id();
    own.family = kHostFamily;
    return own;
  }
  [[nodiscard]] uint32_t flags() const override {
    return kernel::Flag::HostCode | kernel::Flag::Synchronises;
  }
  std::vector<kernel::Configuration> configurations(Diagnostics& diag) override {
    return inner_->configurations(diag);
  }
  Status configure(const kernel::Configuration& configuration, Diagnostics& diag) override {
    return inner_->configure(configuration, diag);
  }
  std::vector<int32_t> tactics() override { return inner_->tactics(); }
  [[nodiscard]] std::vector<int> absorbed_inputs() const override {
    return inner_->absorbed_inputs();
  }
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override { return inner_->aliases(); }
  [[nodiscard]] std::optional<std::string> timing_key() const override {
    return inner_->timing_key();
  }
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic,
                                int threads, Diagnostics& diag) override {
    TENON_ASSIGN(kernel::Record record, inner_->record(configuration, tactic, threads, diag));
    ByteWriter params;
    params.text(record.id.family);
    params.raw(record.params);
    record.params = std::move(params).bytes();
    record.id = id();
    return record;
  }
  Result<std::unique_ptr<kernel::Loaded>> load_for_timing(
      const kernel::Configuration& configuration, int32_t tactic, Diagnostics& diag) override {
    TENON_ASSIGN(auto inner, inner_->load_for_timing(configuration, tactic, diag));
    if (inner == nullptr) return std::unique_ptr<kernel::Loaded>();
    return std::unique_ptr<kernel::Loaded>(std::make_unique<HostLoaded>(std::move(inner)));
  }

 private:
  std::unique_ptr<kernel::Candidate> inner_;
};

}  // namespace

void note_host_plugin(const ops::PluginId& id) {
  HostPlugins& all = host_plugins();
  const std::lock_guard lock(all.mutex);
  if (std::ranges::find(all.ids, id) == all.ids.end()) all.ids.push_back(id);
}

bool is_host_plugin(const ops::PluginId& id, const char* metadata) {
  if (metadata != nullptr && std::string_view(metadata).find(kHOST_PLUGIN) != std::string::npos) {
    return true;
  }
  HostPlugins& all = host_plugins();
  const std::lock_guard lock(all.mutex);
  return std::ranges::find(all.ids, id) != all.ids.end();
}

std::unique_ptr<kernel::Candidate> offered_to(const device::Target& target, bool host_plugin,
                                              std::unique_ptr<kernel::Candidate> inner,
                                              const kernel::NodeInfo& node, Diagnostics& diag) {
  if (!host_plugin || !target.is_gpu()) return inner;
  diag.warn(
      "node \"{}\": plugin {} computes on the processor: in this engine for a GPU each run waits "
      "for the stream and copies the plugin's tensors there and back, and cannot be captured",
      node.name, inner->id().name);
  return std::make_unique<HostCandidate>(std::move(inner));
}

kernel::LoadFunction host_loader(const kernel::LoaderTable& loaders) {
  return [&loaders](const kernel::RecordView& record,
                    Diagnostics& diag) -> Result<std::unique_ptr<kernel::Loaded>> {
    ByteReader reader(record.params);
    kernel::RecordView inner = record;
    inner.family = reader.text();
    inner.params = reader.rest();
    if (!reader.ok() || (inner.family != "plugin.v2" && inner.family != "plugin.v3")) {
      return diag.fail(Code::InvalidPlan,
                       "the record of plugin {}, which computes on the processor, does not say "
                       "what kind of plugin it is",
                       record.name);
    }
    TENON_ASSIGN(auto loaded, kernel::load(loaders, inner, diag));
    return std::unique_ptr<kernel::Loaded>(std::make_unique<HostLoaded>(std::move(loaded)));
  };
}

}  // namespace tenon::plugin
