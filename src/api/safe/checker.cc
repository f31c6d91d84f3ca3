// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Building again without measuring, and comparing.
#include "api/safe/checker.h"

#include <cstring>
#include <exception>
#include <memory>

#include "api/backends.h"
#include "api/safe/plugin_checkers.h"
#include "base/aligned_buffer.h"
#include "builder/consistency.h"
#include "builder/refit.h"
#include "plan/writer.h"
#include "plugin/convert.h"

namespace tenon::api {

namespace {

using nvinfer2::safe::ISafeRecorder;

/// Everything that is said goes to a recorder; what a build tells besides is verbose here.
class RecorderSink final : public DiagnosticSink {
 public:
  explicit RecorderSink(ISafeRecorder& recorder) : recorder_(recorder) {}
  void report(Severity severity, Code code, std::string_view text) noexcept override {
    const auto wants = [&](nvinfer2::safe::Severity level) {
      return level <= recorder_.getSeverity();
    };
    const std::string words(text.substr(0, ISafeRecorder::kMAX_SAFE_DESC_LENGTH));
    if (severity == Severity::Error) {
      recorder_.reportError(plugin::to_error_code(code), words.c_str());
    } else if (severity == Severity::Warning) {
      if (wants(nvinfer2::safe::Severity::kWARNING)) recorder_.reportWarn(words.c_str());
    } else if (wants(nvinfer2::safe::Severity::kVERBOSE)) {
      recorder_.reportVerbose(words.c_str());
    }
  }

 private:
  ISafeRecorder& recorder_;
};

Result<plan::View> open_safe_engine(std::span<const std::byte> bytes, Diagnostics& diag) {
  plan::Culprit culprit;
  const Result<plan::View> view = plan::View::open(bytes, {.verify_weights = true}, &culprit);
  if (!view.ok()) {
    if (culprit.kind == nullptr) return diag.fail(view.status().code, "{}", view.status().what);
    return diag.fail(view.status().code, "{} ({} {})", view.status().what, culprit.kind,
                     culprit.index);
  }
  if (view->capability() == plan::Capability::Safety) return view;
  return diag.fail(Code::Unsupported,
                   "only safe engines are checked, and this is a standard one: it does not carry "
                   "its network; build it with EngineCapability::kSAFETY (trtexec --safe)");
}

}  // namespace

Status ConsistencyChecker::run(Diagnostics& diag) const {
  const auto copy = std::make_shared<AlignedBuffer>(engine_.size());
  if (!engine_.empty()) std::memcpy(copy->data(), engine_.data(), engine_.size());
  TENON_ASSIGN(const plan::View found, open_safe_engine(copy->bytes(), diag));
  PluginCheckers checkers;
  TENON_TRY(checkers.open(libraries_, diag));
  TENON_ASSIGN(const auto record, builder::RefitRecord::read(found.network(), copy, diag));
  TENON_ASSIGN(const plan::Plan plan,
               record.build(backends(), reformats(), evaluator(), record.target(), diag));
  TENON_ASSIGN(const Bytes bytes, plan::write(plan, diag));
  TENON_ASSIGN(const plan::View derived, plan::View::open(bytes, {.inspect_only = true}));
  TENON_TRY(builder::compare_engines(found, derived, diag));
  return checkers.check(found, diag);
}

bool ConsistencyChecker::validate() noexcept {
  RecorderSink sink(recorder_);
  try {
    Diagnostics diag(sink);
    const Status status = run(diag);
    // A status that nobody put into words.
    if (!status.ok() && recorder_.getNbErrors() == 0)
      sink.report(Severity::Error, status.code, status.what);
    if (status.ok() && recorder_.getSeverity() >= nvinfer2::safe::Severity::kINFO) {
      recorder_.reportInfo("the engine is the one that its network gives");
    }
    return status.ok();
  } catch (const std::exception& error) {
    sink.report(Severity::Error, Code::Internal, error.what());
  } catch (...) {
    sink.report(Severity::Error, Code::Internal, "something was thrown that is no std::exception");
  }
  return false;
}

}  // namespace tenon::api

namespace nvinfer2::safe::consistency {

extern "C" TENSORRTAPI ErrorCode
createConsistencyChecker(IConsistencyChecker*& icc, ISafeRecorder& recorder, void const* blob,
                         size_t size, std::vector<std::string> const& pluginBuildLibs) noexcept {
  icc = nullptr;
  if (blob == nullptr || size == 0) {
    recorder.reportError(ErrorCode::kINVALID_ARGUMENT,
                         "createConsistencyChecker was given no engine");
    return ErrorCode::kINVALID_ARGUMENT;
  }
  try {
    icc = new tenon::api::ConsistencyChecker({static_cast<const std::byte*>(blob), size}, recorder,
                                             pluginBuildLibs);
    return ErrorCode::kSUCCESS;
  } catch (const std::exception&) {
    recorder.reportError(ErrorCode::kFAILED_ALLOCATION, "memory ran out for the checker");
    return ErrorCode::kFAILED_ALLOCATION;
  }
}

}  // namespace nvinfer2::safe::consistency
