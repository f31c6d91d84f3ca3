// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The consistency checker of safe engines.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "NvInferConsistency.h"
#include "base/diagnostics.h"

namespace tenon::api {

/// Builds the engine anew from the network that it carries, and compares. One thread at a time.
class ConsistencyChecker final : public nvinfer2::safe::consistency::IConsistencyChecker {
 public:
  /// `engine` and `recorder` outlive the checker.
  ConsistencyChecker(std::span<const std::byte> engine, nvinfer2::safe::ISafeRecorder& recorder,
                     std::vector<std::string> libraries)
      : engine_(engine), recorder_(recorder), libraries_(std::move(libraries)) {}

  bool validate() noexcept override;

 private:
  Status run(Diagnostics& diag) const;

  std::span<const std::byte> engine_;
  nvinfer2::safe::ISafeRecorder& recorder_;
  std::vector<std::string> libraries_;
};

}  // namespace tenon::api
