// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Which backends there are, in which order.
#include "api/backends.h"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "api/config.h"
#include "api/safe/registry.h"
#include "backends/ref/register.h"
#include "backends/simd/register.h"
#include "control/loaded.h"
#include "plugin/adapt/host.h"
#include "plugin/adapt/quick/loaded.h"
#include "plugin/adapt/safe_build/loaded.h"
#include "plugin/adapt/v2/loaded.h"
#include "plugin/adapt/v3/loaded.h"
#if TENON_HAS_DNNL
#include "backends/dnnl/register.h"
#endif
#if TENON_HAS_CUDA
#include "backends/cuda/register.h"
#endif

namespace tenon::api {

namespace {

/// A source that TENON_BACKENDS may switch off; loaders stay, so that engines run whatever it says.
bool wanted(std::string_view backend) {
  const char* list = std::getenv("TENON_BACKENDS");
  if (list == nullptr || *list == '\0') return true;
  const std::string padded = "," + std::string(list) + ",";
  return padded.find("," + std::string(backend) + ",") != std::string::npos;
}

/// Offers another source's candidates only when wanted.
class Switchable final : public kernel::CandidateSource {
 public:
  explicit Switchable(const std::unique_ptr<kernel::CandidateSource>& source) : source_(*source) {}
  [[nodiscard]] std::string_view name() const noexcept override { return source_.name(); }
  [[nodiscard]] device::Kind device() const noexcept override { return source_.device(); }
  void candidates(const kernel::NodeInfo& node, const device::Target& target, Diagnostics& diag,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override {
    if (wanted(name())) {
      source_.candidates(node, target, diag, out);
    } else {
      diag.info("{} is switched off by TENON_BACKENDS", name());
    }
  }

 private:
  kernel::CandidateSource& source_;
};

/// Everything, whether wanted or not.
const kernel::Registry& all_backends() {
  static const kernel::Registry* registry = [] {
    auto* made = new kernel::Registry;
#if TENON_HAS_CUDA
    cuda::register_kernels(*made);
#endif
#if TENON_HAS_DNNL
    dnnl::register_kernels(*made);
#endif
    simd::register_kernels(*made);
    ref::register_kernels(*made);
    return made;
  }();
  return *registry;
}

class Reformats final : public tune::ReformatSource {
 public:
  Result<kernel::Record> make(DType dtype, const kernel::Layout& from, const kernel::Layout& to,
                              int threads, const device::Target& target) override {
    if (target.is_gpu()) return on_gpu(dtype, from, to);
    if (!simd::refuse_reorder(dtype, from, to).empty()) {
      return Status{Code::Unsupported, "no kernel reorders this type between these layouts"};
    }
    return simd::make_reorder(dtype, from, to, threads);
  }

 private:
  static Result<kernel::Record> on_gpu([[maybe_unused]] DType dtype,
                                       [[maybe_unused]] const kernel::Layout& from,
                                       [[maybe_unused]] const kernel::Layout& to) {
#if TENON_HAS_CUDA
    if (cuda::refuse_reorder(dtype, from, to).empty()) {
      return cuda::make_reorder(dtype, from, to);
    }
#endif
    return Status{Code::Unsupported, "no kernel for GPUs reorders this type between these layouts"};
  }
};

class RefEvaluator final : public ir::Evaluator {
 public:
  Result<std::vector<ops::ConstantRef>> evaluate(const ir::Node& node) override {
    std::vector<const ops::ConstantData*> inputs;
    for (const ir::Value* input : node.inputs()) {
      inputs.push_back(input == nullptr ? nullptr : input->constant());
    }
    return ref::evaluate(node.op, inputs);
  }
};

}  // namespace

const kernel::Registry& backends() {
  static const kernel::Registry* registry = [] {
    auto* made = new kernel::Registry;
    for (const auto& source : all_backends().sources()) {
      made->add_source(std::make_unique<Switchable>(source));
    }
    for (const char* family : {"cuda", "dnnl", "simd", "ref"}) {
      if (const auto* loader = all_backends().find_loader(family))
        made->add_loader(family, *loader);
    }
    return made;
  }();
  return *registry;
}

tune::ReformatSource& reformats() {
  static Reformats source;
  return source;
}

ir::Evaluator& evaluator() {
  static RefEvaluator made;
  return made;
}

RuntimeLoaders::RuntimeLoaders(const plugin::PluginRegistry& registry, plugin::HostCode host)
    : v2_(plugin::v2_loader(registry)),
      v3_(plugin::v3_loader(registry)),
      safe_(plugin::safe_loader(&safe_registry)),
      quick_(plugin::quick_loader(registry)),
      aot_(plugin::kernel_loader(std::move(host))),
      host_(plugin::host_loader(*this)),
      control_([this](const kernel::RecordView& record, Diagnostics& diag) {
        return control::load(record, *inside_, diag);
      }) {}

const kernel::LoadFunction* RuntimeLoaders::find_loader(std::string_view family) const noexcept {
  if (family == "plugin.v2") return &v2_;
  if (family == "plugin.v3") return &v3_;
  if (family == "plugin.safe") return &safe_;
  if (family == "plugin.quick") return &quick_;
  if (family == "plugin.aot") return &aot_;
  if (family == plugin::kHostFamily) return &host_;
  if (family == "control") return &control_;
  return backends().find_loader(family);
}

}  // namespace tenon::api

namespace tenon {

TENSORRTAPI bool set_host_plugin(char const* name, char const* version,
                                 char const* pluginNamespace) noexcept {
  const auto text = [](char const* given) { return std::string(given == nullptr ? "" : given); };
  if (text(name).empty()) return false;
  plugin::note_host_plugin({text(name), text(version), text(pluginNamespace)});
  return true;
}

}  // namespace tenon
