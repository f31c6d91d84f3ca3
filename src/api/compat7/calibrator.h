// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Calibrators of the 7.x interface, as builders of the present one call them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "api/compat7/translate.h"

namespace tenon::compat7 {

/// One sample's bytes by input.
struct SampleSize {
  std::string name;
  std::size_t bytes = 0;
};

/// `calibrator`, which stays the user's, of the kind that its algorithm says. Its batches are
/// handed on sample by sample where `inputs` says how long one is: the network below an implicit
/// batch has a batch of one.
std::unique_ptr<nvinfer1::IInt8Calibrator> calibrator_of(v7::IInt8Calibrator& calibrator,
                                                         std::vector<SampleSize> inputs);

}  // namespace tenon::compat7
