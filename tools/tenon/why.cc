// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Libraries first, then the question.
#include "tools/tenon/why.h"

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "NvInfer.h"
#include "NvInferPlugin.h"
#include "tenon/resolve.h"

namespace tenon::command {

namespace {

/// Everything goes to stderr: stdout is for the answer.
class Logger final : public nvinfer1::ILogger {
 public:
  explicit Logger(bool verbose) : least_(verbose ? Severity::kVERBOSE : Severity::kWARNING) {}
  void log(Severity severity, nvinfer1::AsciiChar const* text) noexcept override {
    if (severity <= least_) std::fprintf(stderr, "%s\n", text);
  }

 private:
  const Severity least_;
};

int32_t registered() {
  int32_t count = 0;
  getPluginRegistry()->getAllCreators(&count);
  return count;
}

/// Opens a library; false, with the reason said, when it cannot be opened.
bool open(const std::string& path) {
  if (::dlopen(path.c_str(), RTLD_LAZY) != nullptr) return true;
  std::fprintf(stderr, "cannot open plugin library %s: %s\n", path.c_str(), ::dlerror());
  return false;
}

/// Puts a library's creators into the registry of the process. One that registers itself when it is
/// opened is there already.
bool load(const std::string& path) {
  const int32_t before = registered();
  if (!open(path)) return false;
  return registered() > before || getPluginRegistry()->loadLibrary(path.c_str()) != nullptr;
}

}  // namespace

int why(const WhyArguments& arguments) {
  Logger logger(arguments.verbose);
  // The registry reports to the logger of the process, which is that of the first runtime.
  const std::unique_ptr<nvinfer1::IRuntime> runtime(nvinfer1::createInferRuntime(logger));
  initLibNvInferPlugins(&logger, "");
  for (const std::string& path : arguments.static_plugins) {
    if (!open(path)) return EXIT_FAILURE;
  }
  for (const std::string& path : arguments.dynamic_plugins) {
    if (!load(path)) return EXIT_FAILURE;
  }
  Question question;
  question.path = arguments.path.c_str();
  question.node = arguments.node.empty() ? nullptr : arguments.node.c_str();
  question.json = arguments.json;
  const std::unique_ptr<nvinfer1::IHostMemory> answer(tenon::why(question, logger));
  if (!answer) return EXIT_FAILURE;
  std::fwrite(answer->data(), 1, answer->size(), stdout);
  const char* text = static_cast<const char*>(answer->data());
  if (answer->size() == 0 || text[answer->size() - 1] != '\n') std::putchar('\n');
  return EXIT_SUCCESS;
}

}  // namespace tenon::command
