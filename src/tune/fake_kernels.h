// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Kernels for tests of tuning and building: they copy, fail or take their time, as told.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel/registry.h"
#include "tune/reformat_source.h"

namespace tenon::tune::fake {

/// What a fake kernel does; stands in its record's params.
struct Behaviour {
  double busy_us = 0;  ///< time a run takes
  bool run_fails = false;
  uint64_t workspace = 0;
  int32_t expected = 0;  ///< when not 0: first i32 of input 1 must be it
};

inline Bytes pack(const Behaviour& behaviour) {
  ByteWriter writer;
  writer.put(behaviour.busy_us);
  writer.put(behaviour.run_fails);
  writer.put(behaviour.workspace);
  writer.put(behaviour.expected);
  return std::move(writer).bytes();
}

class Kernel final : public kernel::Loaded {
 public:
  explicit Kernel(const Behaviour& behaviour) : behaviour_(behaviour) {}
  [[nodiscard]] size_t workspace(std::span<const kernel::TensorDesc>,
                                 std::span<const kernel::TensorDesc>) const noexcept override {
    return behaviour_.workspace;
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    return std::unique_ptr<kernel::Instance>(std::make_unique<Run>(behaviour_));
  }

 private:
  class Run final : public kernel::Instance {
   public:
    explicit Run(const Behaviour& behaviour) : behaviour_(behaviour) {}
    Status on_shapes(std::span<const kernel::TensorDesc>,
                     std::span<const kernel::TensorDesc>) noexcept override {
      return {};
    }
    Status run(const kernel::RunArgs& args) noexcept override {
      using Clock = std::chrono::steady_clock;
      const auto end = Clock::now() + std::chrono::duration<double, std::micro>(behaviour_.busy_us);
      if (behaviour_.run_fails) return {Code::Plugin, "the fake kernel was told to fail"};
      if (behaviour_.expected != 0) {
        int32_t found = 0;
        std::memcpy(&found, args.inputs[1], sizeof found);
        if (found != behaviour_.expected) return {Code::Internal, "input 1 is not what it was"};
      }
      while (Clock::now() < end) {
      }
      return {};
    }

   private:
    Behaviour behaviour_;
  };
  Behaviour behaviour_;
};

/// The loader of family "fake".
inline Result<std::unique_ptr<kernel::Loaded>> load(const kernel::RecordView& record,
                                                    Diagnostics& diag) {
  ByteReader reader(record.params);
  Behaviour behaviour;
  behaviour.busy_us = reader.take<double>();
  behaviour.run_fails = reader.take<bool>();
  behaviour.workspace = reader.take<uint64_t>();
  behaviour.expected = reader.take<int32_t>();
  if (!reader.ok())
    return diag.fail(Code::InvalidPlan, "fake kernel '{}' has no params", record.name);
  return std::unique_ptr<kernel::Loaded>(std::make_unique<Kernel>(behaviour));
}

inline kernel::Record record(const std::string& name, const Behaviour& behaviour) {
  kernel::Record made;
  made.id = {"fake", name, 1};
  made.params = pack(behaviour);
  return made;
}

}  // namespace tenon::tune::fake
