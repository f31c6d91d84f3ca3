// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Bytes that a caller gets.
#pragma once

#include <vector>

#include "api/compat7/translate.h"

namespace tenon::compat7 {

class HostMemory final : public v7::IHostMemory {
 public:
  explicit HostMemory(std::vector<char> bytes) : bytes_(std::move(bytes)) {}
  ~HostMemory() override = default;
  void* data() const noexcept override { return const_cast<char*>(bytes_.data()); }
  std::size_t size() const noexcept override { return bytes_.size(); }
  v7::DataType type() const noexcept override { return v7::DataType::kINT8; }
  void destroy() noexcept override { delete this; }

 private:
  std::vector<char> bytes_;
};

}  // namespace tenon::compat7
