// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The safe interface, with the console as its recorder.
#include "tools/trtexec/safe_engine.h"

#include <fmt/format.h>

#include <atomic>
#include <memory>

#include "NvInferConsistency.h"
#include "tools/trtexec/console.h"
#include "tools/trtexec/failure.h"

namespace tenon::trtexec {

namespace {

using namespace nvinfer2::safe;  // NOLINT(google-build-using-namespace): all foreign words
using Level = nvinfer1::ILogger::Severity;

/// Says everything on the console and counts the errors.
class ConsoleRecorder final : public ISafeRecorder {
 public:
  ConsoleRecorder() : ISafeRecorder(nvinfer2::safe::Severity::kVERBOSE) {}

  bool reportWarn(ErrorDesc text) noexcept override { return say(Level::kWARNING, text); }
  bool reportInfo(ErrorDesc text) noexcept override { return say(Level::kINFO, text); }
  bool reportVerbose(ErrorDesc text) noexcept override { return say(Level::kVERBOSE, text); }
  bool reportDebug(ErrorDesc text) noexcept override { return say(Level::kVERBOSE, text); }
  bool reportError(ErrorCode code, ErrorDesc text) noexcept override {
    ++errors_;
    last_ = code;
    return say(Level::kERROR, text);
  }

  // Their words are on the console already.
  int32_t getNbErrors() const noexcept override { return errors_; }
  ErrorCode getErrorCode(int32_t) const noexcept override { return last_; }
  ErrorDesc getErrorDesc(int32_t) const noexcept override { return "see the messages before"; }
  bool hasOverflowed() const noexcept override { return false; }
  void clear() noexcept override { errors_ = 0; }
  RefCount incRefCount() noexcept override { return ++references_; }
  RefCount decRefCount() noexcept override { return --references_; }

 private:
  static bool say(Level level, ErrorDesc text) noexcept {
    console().log(level, text);
    return true;
  }

  std::atomic<int32_t> errors_{0}, references_{0};
  std::atomic<ErrorCode> last_{ErrorCode::kSUCCESS};
};

ISafeRecorder& console_recorder() {
  static ConsoleRecorder recorder;
  return recorder;
}

}  // namespace

void register_safety_plugins(const Options& options) {
  if (options.system.safety_plugins.empty()) return;
  try {
    tools::register_safety_plugins(options.system.safety_plugins, console_recorder());
  } catch (const std::runtime_error& error) {
    throw Failure(error.what());
  }
}

void take_registry_back() { (void)getSafePluginRegistry(console_recorder()); }

void check_consistency(const void* engine, size_t size, const Options& options) {
  if (!options.build.safe || !options.build.consistency) return;
  std::vector<std::string> libraries;
  for (const tools::SafetyPluginLibrary& library : options.system.safety_plugins) {
    libraries.push_back(library.path);
  }
  consistency::IConsistencyChecker* made = nullptr;
  const ErrorCode code =
      consistency::createConsistencyChecker(made, console_recorder(), engine, size, libraries);
  const std::unique_ptr<consistency::IConsistencyChecker> checker(made);
  if (code != ErrorCode::kSUCCESS || checker == nullptr) {
    throw Failure("There is no consistency checker; the reason stands above.");
  }
  if (!checker->validate()) {
    throw Failure("The engine is not consistent; what differs stands above.");
  }
  console().info("Consistency check passed.");
}

}  // namespace tenon::trtexec
