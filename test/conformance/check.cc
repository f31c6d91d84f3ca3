// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One run after another, with all that a kernel has promised held against it.
#include "check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <deque>
#include <limits>

#include "allocations.h"
#include "buffer.h"
#include "gpu_run.h"
#include "tolerance.h"

namespace tenon::conformance {

namespace {

bool is_private(const kernel::Configuration& configuration) {
  const auto has_id = [](const kernel::Port& port) { return port.layout.private_id != 0; };
  return std::any_of(configuration.inputs.begin(), configuration.inputs.end(), has_id) ||
         std::any_of(configuration.outputs.begin(), configuration.outputs.end(), has_id);
}

/// One kernel, ready to run: configuration, tactic and thread count are chosen.
struct Subject {
  const Case& one;
  const Case::Node& node;
  const kernel::Candidate& candidate;
  const kernel::Configuration& configuration;
  kernel::Loaded& loaded;
  const device::Gpu* gpu;  ///< null on the CPU
  std::string words;       ///< which it is, for messages
};

/// Buffers, descriptors and pointers of one run.
class Run {
 public:
  Run(const Subject& subject, const Tensors& inputs, const Tensors& outputs) : subject_(subject) {
    const auto absorbed = subject.candidate.absorbed_inputs();
    for (size_t i = 0; i < inputs.size(); ++i) {
      const kernel::Port& port = subject.configuration.inputs[i];
      input_descs_.push_back(
          {port.dtype, port.layout, inputs[i] ? inputs[i]->dims() : Dims{}, port.scale});
      input_pointers_.push_back(nullptr);
      input_buffers_.emplace_back(0);
      const bool absent = !inputs[i] || std::find(absorbed.begin(), absorbed.end(),
                                                  static_cast<int>(i)) != absorbed.end();
      if (absent) continue;
      input_buffers_.back() = Buffer(input_descs_.back());
      scatter(*inputs[i], input_descs_.back(), input_buffers_.back());
      input_pointers_.back() = input_buffers_.back().data();
    }
    for (size_t i = 0; i < outputs.size(); ++i) {
      const kernel::Port& port = subject.configuration.outputs[i];
      output_descs_.push_back({port.dtype, port.layout, outputs[i]->dims(), port.scale});
      output_pointers_.push_back(output_buffers_.emplace_back(output_descs_.back()).data());
    }
  }
  /// The output shares the input's memory; false when their sizes differ.
  bool share(const kernel::Alias& alias) {
    const auto output = static_cast<size_t>(alias.output), input = static_cast<size_t>(alias.input);
    if (input_pointers_[input] == nullptr ||
        input_descs_[input].bytes() != output_descs_[output].bytes()) {
      return false;
    }
    shared_.emplace_back(output, input);
    output_pointers_[output] = input_buffers_[input].data();
    return true;
  }

  Status operator()(kernel::Instance& instance) {
    const Status prepared = instance.on_shapes(input_descs_, output_descs_);
    EXPECT_TRUE(prepared.ok()) << subject_.words << ": " << instance.last_error();
    if (!prepared.ok()) return prepared;
    const size_t scratch = subject_.loaded.workspace(input_descs_, output_descs_);
    Buffer workspace(scratch);
    std::deque<Buffer> before;
    for (const Buffer& buffer : input_buffers_) before.push_back(buffer_copy(buffer));
    const kernel::RunArgs args{input_descs_.data(),    output_descs_.data(),
                               input_pointers_.data(), output_pointers_.data(),
                               workspace.data(),       nullptr};
    const uint64_t allocated = allocations();
    const Status status =
        subject_.gpu == nullptr ? instance.run(args) : run_on_gpu(instance, args, workspace);
    const bool may_allocate =
        (subject_.candidate.flags() & static_cast<uint32_t>(kernel::Flag::Allocates)) != 0;
    EXPECT_TRUE(may_allocate || subject_.gpu != nullptr || allocations() == allocated)
        << subject_.words << ": allocates while running";
    EXPECT_TRUE(workspace.guard_intact())
        << subject_.words << ": writes behind its " << scratch << " bytes of workspace";
    for (size_t i = 0; i < input_buffers_.size(); ++i) {
      EXPECT_TRUE(is_shared(i) || same(before[i], input_buffers_[i]))
          << subject_.words << ": changes its input " << i;
    }
    return status;
  }

  /// The greatest error over the outputs, as a fraction of the tolerance.
  double compare(const Tensors& expected) {
    double worst = 0;
    for (size_t i = 0; i < expected.size(); ++i) {
      const Buffer& buffer = at_output(i);
      EXPECT_TRUE(buffer.guard_intact()) << subject_.words << ": writes behind output " << i;
      EXPECT_TRUE(padding_is_zero(buffer, output_descs_[i]))
          << subject_.words << ": leaves padding lanes of output " << i << " that are not zero";
      const auto result = gather(buffer, output_descs_[i]);
      const bool in_steps = subject_.one.steps() > 0 && !is_floating(expected[i]->dtype());
      const double error = in_steps ? greatest_difference(*result, *expected[i])
                                    : error_between(*result, *expected[i]);
      const double allowed = in_steps ? subject_.one.steps() : tolerance(expected[i]->dtype());
      EXPECT_LE(error, allowed) << subject_.words << ": output " << i << ", first wrong element "
                                << first_wrong(*result, *expected[i], allowed);
      if (allowed > 0) worst = std::max(worst, error / allowed);
    }
    return worst;
  }
  [[nodiscard]] bool same_outputs(const Run& other) const {
    for (size_t i = 0; i < output_buffers_.size(); ++i) {
      if (!same(at_output(i), other.at_output(i))) return false;
    }
    return true;
  }

 private:
  /// The same with all memory brought to the GPU and back.
  Status run_on_gpu(kernel::Instance& instance, const kernel::RunArgs& args, Buffer& workspace) {
    GpuRun run(*subject_.gpu);
    for (Buffer& buffer : input_buffers_) run.add(buffer);
    for (Buffer& buffer : output_buffers_) run.add(buffer);
    run.add(workspace);
    return run(instance, args, input_descs_.size(), output_descs_.size());
  }
  static Buffer buffer_copy(const Buffer& from) {
    Buffer copy(from.bytes().size());
    std::copy(from.bytes().begin(), from.bytes().end(), copy.data());
    return copy;
  }
  static bool same(const Buffer& a, const Buffer& b) {
    return std::equal(a.bytes().begin(), a.bytes().end(), b.bytes().begin(), b.bytes().end());
  }
  [[nodiscard]] bool is_shared(size_t input) const {
    return std::any_of(shared_.begin(), shared_.end(),
                       [&](const auto& pair) { return pair.second == input; });
  }
  [[nodiscard]] const Buffer& at_output(size_t output) const {
    for (const auto& [shared, input] : shared_) {
      if (shared == output) return input_buffers_[input];
    }
    return output_buffers_[output];
  }
  static double greatest_difference(const ops::ConstantData& a, const ops::ConstantData& b) {
    double greatest = 0;
    for (int64_t i = 0; i < b.count(); ++i) {
      greatest = std::max(greatest, std::abs(a.real(i) - b.real(i)));
    }
    return greatest;
  }
  static std::string first_wrong(const ops::ConstantData& a, const ops::ConstantData& b,
                                 double allowed) {
    double largest = 0;
    for (int64_t i = 0; i < b.count(); ++i) largest = std::max(largest, std::abs(b.real(i)));
    for (int64_t i = 0; i < b.count(); ++i) {
      if (std::abs(a.real(i) - b.real(i)) <= allowed * largest) continue;
      return fmt::format("{} of {} ({}): is {}, should be {}", i, b.count(), to_string(b.dims()),
                         a.real(i), b.real(i));
    }
    return "none";
  }

  const Subject& subject_;
  std::vector<kernel::TensorDesc> input_descs_, output_descs_;
  std::deque<Buffer> input_buffers_, output_buffers_;
  std::vector<const void*> input_pointers_;
  std::vector<void*> output_pointers_;
  std::vector<std::pair<size_t, size_t>> shared_;
};

/// Runs at one batch: twice (equal bits), and once more for each permitted alias.
void check_batch(const Subject& subject, kernel::Instance& instance, int64_t batch,
                 Coverage::Kernel& kernel) {
  const Tensors inputs = subject.one.inputs(batch), expected = subject.one.expected(batch);
  if (subject.one.must_fail()) {
    Tensors outputs;
    for (const auto& port : subject.node.info.outputs) {
      const Bytes bytes(byte_size(port.dtype, static_cast<size_t>(port.opt.volume())));
      outputs.push_back(ops::ConstantData::copy(port.dtype, port.opt, bytes));
    }
    EXPECT_FALSE(Run(subject, inputs, outputs)(instance).ok()) << subject.words << ": must fail";
    ++kernel.runs;
    return;
  }
  ASSERT_EQ(expected.size(), subject.node.info.outputs.size())
      << subject.words << ": the reference cannot compute it";
  Run first(subject, inputs, expected), second(subject, inputs, expected);
  for (Run* run : {&first, &second}) {
    for (const kernel::Alias& alias : subject.candidate.aliases()) {
      if (alias.required) run->share(alias);
    }
    const Status status = (*run)(instance);
    ASSERT_TRUE(status.ok()) << subject.words << ": " << status.what << instance.last_error();
    kernel.worst = std::max(kernel.worst, run->compare(expected));
    ++kernel.runs;
  }
  EXPECT_TRUE(first.same_outputs(second)) << subject.words << ": differs from run to run";
  for (const kernel::Alias& alias : subject.candidate.aliases()) {
    Run aliased(subject, inputs, expected);
    if (alias.required || !aliased.share(alias)) continue;
    const Status status = aliased(instance);
    ASSERT_TRUE(status.ok()) << subject.words << " in place: " << status.what;
    kernel.worst = std::max(kernel.worst, aliased.compare(expected));
    ++kernel.runs;
  }
}

std::string describe(const Case& one, const kernel::Candidate& candidate,
                     const kernel::Configuration& configuration, int32_t tactic, int threads) {
  std::string words = "case '" + one.name() + "', kernel " + candidate.id().text();
  for (const auto& port : configuration.inputs) words += " " + kernel::to_string(port.layout);
  words += " ->";
  for (const auto& port : configuration.outputs) words += " " + kernel::to_string(port.layout);
  return words + fmt::format(", tactic {}, {} threads", tactic, threads);
}

std::vector<kernel::TensorDesc> greatest(const std::vector<kernel::PortInfo>& infos,
                                         const std::vector<kernel::Port>& ports) {
  std::vector<kernel::TensorDesc> descs;
  for (size_t i = 0; i < infos.size(); ++i) {
    descs.push_back({ports[i].dtype, ports[i].layout, infos[i].max, ports[i].scale});
  }
  return descs;
}

/// Checks one configuration with every tactic and thread count.
void check_configuration(const Case& one, const Case::Node& node, kernel::Candidate& candidate,
                         const kernel::Configuration& configuration,
                         const kernel::Registry& registry, const device::Gpu* gpu,
                         Coverage& coverage) {
  ASSERT_EQ(configuration.inputs.size(), node.info.inputs.size());
  ASSERT_EQ(configuration.outputs.size(), node.info.outputs.size());
  CollectingSink sink;
  Diagnostics diag(sink);
  const kernel::KernelId id = candidate.id();
  Coverage::Kernel& kernel = coverage.kernels[id.family + "/" + id.name];
  for (const int32_t tactic : candidate.tactics()) {
    for (const int threads : {1, 2}) {
      if (gpu != nullptr && threads > 1) continue;
      const std::string words = describe(one, candidate, configuration, tactic, threads);
      const auto record = candidate.record(configuration, tactic, threads, diag);
      ASSERT_TRUE(record.ok()) << words << ": " << sink.errors();
      const auto again = candidate.record(configuration, tactic, threads, diag);
      EXPECT_TRUE(again.ok() && again->params == record->params)
          << words << ": two records of one thing differ";
      const kernel::RecordHolder holder(*record, one.name(),
                                        greatest(node.info.inputs, configuration.inputs),
                                        greatest(node.info.outputs, configuration.outputs));
      const auto loaded = kernel::load(registry, holder.view(), diag);
      ASSERT_TRUE(loaded.ok()) << words << ": " << sink.errors();
      const auto instance = (*loaded)->create_instance({});
      ASSERT_TRUE(instance.ok()) << words;
      for (const int64_t batch : one.batches()) {
        const std::string where = batch < 0 ? words : fmt::format("{}, batch {}", words, batch);
        const Subject subject{one, node, candidate, configuration, **loaded, gpu, where};
        check_batch(subject, **instance, batch, kernel);
        if (testing::Test::HasFatalFailure()) return;
      }
    }
  }
  kernel.cases.insert(one.name());
}

}  // namespace

double error_between(const ops::ConstantData& a, const ops::ConstantData& b) {
  double difference = 0, largest = 0;
  for (int64_t i = 0; i < b.count(); ++i) {
    const double x = a.real(i), y = b.real(i);
    if (!std::isfinite(x) || !std::isfinite(y)) {
      const bool alike = std::isnan(x) ? std::isnan(y) : x == y;
      if (!alike) return std::numeric_limits<double>::infinity();
      continue;
    }
    difference = std::max(difference, std::abs(x - y));
    largest = std::max(largest, std::abs(y));
  }
  return largest > 0 ? difference / largest : difference;
}

void check_case(const Case& one, const kernel::Registry& registry, const device::Gpu* gpu,
                Coverage& coverage) {
  const auto node = one.node();
  const device::GpuScope scope(gpu);
  device::Target target = gpu != nullptr ? gpu->target() : device::local_target();
  if (gpu == nullptr) target.cores = 2;
  if (gpu != nullptr && one.must_fail()) {
    ++coverage.skipped["cuda: a run on a GPU does not wait to see that it must fail"];
    return;
  }
  coverage.cases.insert(one.name());
  CollectingSink sink;
  Diagnostics diag(sink);
  for (const auto& candidate : kernel::candidates_for(registry, node->info, target, diag)) {
    for (const kernel::Configuration& configuration : candidate->configurations(diag)) {
      if (is_private(configuration)) {
        ++coverage
              .skipped[candidate->id().text() + ": private layouts are made by no reorder here"];
        continue;
      }
      if (!candidate->configure(configuration, diag).ok()) {
        ++coverage.skipped[candidate->id().text() + ": dropped by its own configure()"];
        continue;
      }
      check_configuration(one, *node, *candidate, configuration, registry, gpu, coverage);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace tenon::conformance
