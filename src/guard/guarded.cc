// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Wrapping kernels.
#include "guard/guarded.h"

#include <fmt/core.h>

#include <optional>

#include "guard/examiner.h"

namespace tenon::guard {

namespace {

using kernel::TensorDesc;

/// "guard, run 2: plugin "Scale" version "1" namespace "", tactic 0".
std::string words_of(const Subject& subject, size_t run) {
  const std::string phase = subject.building ? "build" : fmt::format("run {}", run);
  return fmt::format("guard, {}: {}, tactic {}", phase, subject.kernel, subject.tactic);
}

class GuardedInstance final : public kernel::Instance {
 public:
  GuardedInstance(std::unique_ptr<kernel::Instance> inner, kernel::Loaded& loaded,
                  const Subject& subject, const kernel::ContextResources& resources)
      : inner_(std::move(inner)), loaded_(loaded), subject_(subject), resources_(resources) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    error_.clear();
    if (const Status status = inner_->on_shapes(inputs, outputs); !status.ok()) {
      error_ = inner_->last_error();
      return status;
    }
    const bool same = stage_ != nullptr &&
                      std::equal(inputs.begin(), inputs.end(), inputs_.begin(), inputs_.end()) &&
                      std::equal(outputs.begin(), outputs.end(), outputs_.begin(), outputs_.end());
    if (same) return {};
    inputs_.assign(inputs.begin(), inputs.end());
    outputs_.assign(outputs.begin(), outputs.end());
    stage_ =
        std::make_unique<Stage>(subject_, inputs_, outputs_, loaded_.workspace(inputs_, outputs_));
    if (stage_->ok()) return {};
    error_ = "no memory for its tensors between red zones";
    return {Code::OutOfMemory, "no memory for a guarded run"};
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    error_.clear();
    const std::string words = words_of(subject_, ++runs_);
    const std::string whole = fmt::format("{}, node \"{}\"", words, subject_.node);
    stage_->take(args);
    Examiner examiner(*stage_, *inner_, *args.stream, whole);
    bool fine = examiner.examine();
    if (fine && !clones_examined_) {
      clones_examined_ = true;
      fine = examiner.examine_clones(loaded_, resources_, inputs_, outputs_);
    }
    for (const std::string& warning : examiner.warnings()) {
      if (!warned_ && subject_.warn) subject_.warn(fmt::format("{}: {}", whole, warning));
      warned_ = true;
    }
    if (fine) return examiner.give(), Status{};
    error_ = fmt::format("{}: {}", words, examiner.finding());
    return examiner.status().ok() ? Status{Code::Plugin, "the guard found a fault"}
                                  : examiner.status();
  }

  [[nodiscard]] std::string_view last_error() const noexcept override { return error_; }

 private:
  std::unique_ptr<kernel::Instance> inner_;
  kernel::Loaded& loaded_;
  const Subject& subject_;
  kernel::ContextResources resources_;
  std::vector<TensorDesc> inputs_, outputs_;
  std::unique_ptr<Stage> stage_;
  std::string error_;
  size_t runs_ = 0;
  bool clones_examined_ = false, warned_ = false;
};

class GuardedLoaded final : public kernel::Loaded {
 public:
  GuardedLoaded(std::unique_ptr<kernel::Loaded> inner, Subject subject)
      : inner_(std::move(inner)), subject_(std::move(subject)) {}

  [[nodiscard]] size_t workspace(std::span<const TensorDesc> inputs,
                                 std::span<const TensorDesc> outputs) const noexcept override {
    return inner_->workspace(inputs, outputs);
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources& resources) override {
    TENON_ASSIGN(auto instance, inner_->create_instance(resources));
    if (instance == nullptr) return std::unique_ptr<kernel::Instance>();
    return std::unique_ptr<kernel::Instance>(
        std::make_unique<GuardedInstance>(std::move(instance), *inner_, subject_, resources));
  }
  [[nodiscard]] std::string state() const override { return inner_->state(); }

 private:
  std::unique_ptr<kernel::Loaded> inner_;
  Subject subject_;
};

/// Compares with the object made from what the kernel serialized.
bool examine_twin(Examiner& examiner, const kernel::Loaded& loaded, kernel::Loaded& twin,
                  const kernel::ContextResources& resources, std::span<const TensorDesc> inputs,
                  std::span<const TensorDesc> outputs, std::string& reason) {
  const std::string before = loaded.state(), after = twin.state();
  if (before != after) {
    reason = fmt::format(
        "loses something when it is serialized: it writes {}, and the object made from that {}",
        before, after);
    return false;
  }
  auto instance = twin.create_instance(resources);
  if (!instance.ok() || *instance == nullptr || !(*instance)->on_shapes(inputs, outputs).ok()) {
    reason = "the object made from what it serialized cannot be made ready for the same shapes";
    return false;
  }
  const bool fine = examiner.examine_twin(**instance);
  if (!fine) reason = examiner.finding();
  return fine;
}

}  // namespace

Subject subject_of(const kernel::RecordView& record) {
  Subject subject;
  subject.node = record.node_name;
  subject.kernel = record.family.starts_with("plugin.")
                       ? fmt::format("plugin \"{}\" version \"{}\" namespace \"{}\"", record.name,
                                     record.plugin_version, record.plugin_namespace)
                       : fmt::format("kernel {}/{}@{}", record.family, record.name, record.version);
  subject.tactic = record.tactic;
  for (const auto& name : record.input_names) subject.inputs.emplace_back(name);
  for (const auto& name : record.output_names) subject.outputs.emplace_back(name);
  subject.open.assign(record.open_outputs.begin(), record.open_outputs.end());
  return subject;
}

std::unique_ptr<kernel::Loaded> guarded(std::unique_ptr<kernel::Loaded> loaded, Subject subject) {
  return std::make_unique<GuardedLoaded>(std::move(loaded), std::move(subject));
}

const kernel::LoadFunction* GuardedLoaders::find_loader(std::string_view family) const noexcept {
  const kernel::LoadFunction* inner = loaders_.find_loader(family);
  const bool wanted =
      which_ == Which::All || (which_ == Which::Plugins && family.starts_with("plugin."));
  if (inner == nullptr || !wanted) return inner;
  // One that is there may be running: it loads a loop, whose kernels are looked up here as well.
  if (const auto known = found_.find(family); known != found_.end()) return &known->second;
  kernel::LoadFunction& made = found_[std::string(family)];
  made = [inner, warn = warn_](const kernel::RecordView& record,
                               Diagnostics& diag) -> Result<std::unique_ptr<kernel::Loaded>> {
    TENON_ASSIGN(auto loaded, (*inner)(record, diag));
    Subject subject = subject_of(record);
    subject.warn = warn;
    return guarded(std::move(loaded), std::move(subject));
  };
  return &made;
}

Verdict examine(kernel::Loaded& loaded, kernel::Loaded* twin,
                const kernel::ContextResources& resources, const Subject& subject,
                std::span<const TensorDesc> inputs, std::span<const TensorDesc> outputs,
                const kernel::RunArgs& args) {
  const std::string words = words_of(subject, 1);
  const auto fault = [&](Status status, std::string_view reason) {
    return Verdict{status.ok() ? Status{Code::Plugin, "the guard found a fault"} : status,
                   fmt::format("{}: {}", words, reason),
                   {}};
  };
  auto instance = loaded.create_instance(resources);
  if (!instance.ok() || *instance == nullptr) {
    return {instance.status(), std::string(instance.ok() ? "" : instance.status().what), {}};
  }
  if (const Status status = (*instance)->on_shapes(inputs, outputs); !status.ok()) {
    return {status, std::string((*instance)->last_error()), {}};
  }
  Stage stage(subject, inputs, outputs, loaded.workspace(inputs, outputs));
  if (!stage.ok()) return fault({Code::OutOfMemory, ""}, "no memory for it between red zones");
  stage.take(args);
  const std::string whole = fmt::format("{}, node \"{}\"", words, subject.node);
  Examiner examiner(stage, **instance, *args.stream, whole);
  if (!examiner.examine() || !examiner.examine_clones(loaded, resources, inputs, outputs)) {
    return fault(examiner.status(), examiner.finding());
  }
  std::string reason;
  if (twin != nullptr &&
      !examine_twin(examiner, loaded, *twin, resources, inputs, outputs, reason)) {
    return fault(examiner.status(), reason);
  }
  examiner.give();
  Verdict verdict;
  for (const std::string& one : examiner.warnings()) {
    verdict.warnings.push_back(fmt::format("{}: {}", words, one));
  }
  return verdict;
}

}  // namespace tenon::guard
