// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Libraries first, then the question.
#include "tools/tenon/why.h"

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "NvInfer.h"
#include "tenon/resolve.h"

namespace tenon::command {

int why(const WhyArguments& arguments) {
  Logger logger(arguments.verbose);
  // The registry reports to the logger of the process, which is that of the first runtime.
  const std::unique_ptr<nvinfer1::IRuntime> runtime(nvinfer1::createInferRuntime(logger));
  if (!load_plugins(arguments.libraries, logger)) return EXIT_FAILURE;
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
