// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What tests of this room share: a channel over bytes, and trials of fake kernels.
#pragma once

#include <algorithm>

#include "remote/channel.h"
#include "remote/messages.h"
#include "tune/fake_kernels.h"

namespace tenon::remote::testing_tools {

/// Reads given bytes, then is closed; keeps what is written.
class BytesChannel final : public Channel {
 public:
  explicit BytesChannel(Bytes input) : input_(std::move(input)) {}
  Result<size_t> read(std::span<std::byte> into, int) override {
    const size_t count = std::min({into.size(), input_.size() - at_, size_t{7}});
    std::copy_n(input_.begin() + static_cast<ptrdiff_t>(at_), count, into.begin());
    at_ += count;
    return count;
  }
  Status write(std::span<const std::byte> bytes) override {
    written.insert(written.end(), bytes.begin(), bytes.end());
    return {};
  }
  Bytes written;

 private:
  Bytes input_;
  size_t at_ = 0;
};

/// A trial of a fake kernel with a constant; `record` outlives it.
inline tune::Trial trial_of(const kernel::Record& record, std::span<const std::byte> constant) {
  tune::Trial trial;
  trial.name = record.id.name;
  trial.record = &record;
  const kernel::TensorDesc desc{DType::F32, {}, {4, 8}, 0};
  trial.inputs.push_back(
      {.desc = desc, .greatest = desc, .present = true, .values = {}, .name = "x"});
  const kernel::TensorDesc pair{DType::I32, {}, {2}, 0};
  trial.inputs.push_back(
      {.desc = pair, .greatest = pair, .present = true, .values = constant, .name = "c"});
  trial.inputs.push_back({.desc = {}, .greatest = {}, .present = false, .values = {}});
  trial.outputs = trial.greatest_outputs = {desc};
  trial.output_names = {"y"};
  trial.open_outputs = {0};
  return trial;
}

}  // namespace tenon::remote::testing_tools
