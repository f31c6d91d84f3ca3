// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The progress of a build as a bar on the terminal.
#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "tools/trtexec/console.h"

namespace tenon::trtexec {

/// Shows the phases that are under way, outermost first; ends the build on Ctrl-C.
class ProgressBar final : public nvinfer1::IProgressMonitor {
 public:
  void phaseStart(char const* phaseName, char const* parentPhase,
                  int32_t nbSteps) noexcept override;
  bool stepComplete(char const* phaseName, int32_t step) noexcept override;
  void phaseFinish(char const* phaseName) noexcept override;

 private:
  struct Phase {
    std::string name;
    int32_t done, steps;
  };

  /// Draws all phases in one line.
  void draw();

  std::mutex mutex_;
  std::vector<Phase> phases_;
};

}  // namespace tenon::trtexec
