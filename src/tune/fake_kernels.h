// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Kernels for tests of tuning and building: they copy, fail or take their time, as told.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
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
  int32_t expected = 0;    ///< when not 0: first i32 of input 1 must be it
  size_t writes_past = 0;  ///< bytes written past the end of output 0
  bool writes_input = false;
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
      auto* past = static_cast<std::byte*>(args.outputs[0]) + args.output_descs[0].bytes();
      std::memset(past, 0, behaviour_.writes_past);
      if (behaviour_.writes_input) *static_cast<float*>(const_cast<void*>(args.inputs[0])) += 1;
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

/// What a fake candidate offers: all ports in one of `layouts`.
struct Offer {
  std::string name;
  std::vector<kernel::Layout> layouts{kernel::Layout::linear()};
  std::vector<int32_t> tactics{0};
  std::vector<int> threads{1};
  std::function<Behaviour(const kernel::Layout&, int32_t tactic, int threads)> behaviour =
      [](const kernel::Layout&, int32_t, int) { return Behaviour{}; };
  std::optional<std::string> timing_key = "fake";
  bool configure_fails = false;
  bool record_fails = false;
  std::vector<kernel::Alias> aliases = {};
};

class Candidate final : public kernel::Candidate {
 public:
  Candidate(const Offer& offer, const kernel::NodeInfo& node) : offer_(offer), node_(node) {}

  [[nodiscard]] kernel::KernelId id() const override { return {"fake", offer_.name, 1}; }
  std::vector<kernel::Configuration> configurations(Diagnostics& diag) override {
    if (offer_.layouts.empty()) diag.info("no layout suits");
    std::vector<kernel::Configuration> all;
    for (const kernel::Layout& layout : offer_.layouts) {
      kernel::Configuration& one = all.emplace_back();
      for (const auto& port : node_.inputs) one.inputs.push_back({port.dtype, layout, 0});
      for (const auto& port : node_.outputs) one.outputs.push_back({port.dtype, layout, 0});
    }
    return all;
  }
  Status configure(const kernel::Configuration&, Diagnostics& diag) override {
    return offer_.configure_fails ? diag.fail(Code::Plugin, "configuring was told to fail")
                                  : Status{};
  }
  std::vector<int32_t> tactics() override { return offer_.tactics; }
  [[nodiscard]] std::vector<int> thread_counts() const override { return offer_.threads; }
  [[nodiscard]] std::vector<kernel::Alias> aliases() const override { return offer_.aliases; }
  [[nodiscard]] std::optional<std::string> timing_key() const override { return offer_.timing_key; }
  Result<kernel::Record> record(const kernel::Configuration& configuration, int32_t tactic,
                                int threads, Diagnostics& diag) override {
    if (offer_.record_fails) return diag.fail(Code::Plugin, "recording was told to fail");
    kernel::Record made = fake::record(
        offer_.name, offer_.behaviour(configuration.outputs[0].layout, tactic, threads));
    made.tactic = tactic;
    made.threads = threads;
    return made;
  }

 private:
  Offer offer_;
  const kernel::NodeInfo& node_;
};

/// Makes the same offers for every node.
class Source final : public kernel::CandidateSource {
 public:
  explicit Source(std::vector<Offer> offers) : offers_(std::move(offers)) {}
  [[nodiscard]] std::string_view name() const noexcept override { return "fake"; }
  void candidates(const kernel::NodeInfo& node, const device::Target&, Diagnostics&,
                  std::vector<std::unique_ptr<kernel::Candidate>>& out) override {
    for (const Offer& offer : offers_) out.push_back(std::make_unique<Candidate>(offer, node));
  }

 private:
  std::vector<Offer> offers_;
};

/// Reformats that only take time.
class Reformatter final : public ReformatSource {
 public:
  explicit Reformatter(double busy_us) : busy_us_(busy_us) {}
  Result<kernel::Record> make(DType, const kernel::Layout&, const kernel::Layout&, int threads,
                              const device::Target&) override {
    kernel::Record made = fake::record("reformat", {.busy_us = busy_us_});
    made.threads = threads;
    return made;
  }

 private:
  double busy_us_;
};

}  // namespace tenon::tune::fake
