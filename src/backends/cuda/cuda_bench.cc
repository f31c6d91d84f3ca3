// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Times every way in which this backend can compute a list of works, beside the least time that the
// GPU's memory and arithmetic allow. One run prints one table. Arguments: parts of names of works.
#include <fmt/core.h>

#include <algorithm>
#include <random>

#include "backends/cuda/register.h"
#include "backends/cuda/reorder.h"
#include "device/gpu.h"
#include "kernel/registry.h"
#include "ops/small_floats.h"

namespace tenon::cuda {
namespace {

using kernel::TensorDesc;

struct Tensor {
  Dims dims;
  DType dtype = DType::F32;
  bool constant = false;
};

struct Work {
  std::string name;
  ops::Op op;
  std::vector<Tensor> inputs, outputs;
  double operations = 0;  ///< multiplications and additions
  bool tf32 = false;
};

/// The machine's own ceilings, measured.
struct Ceilings {
  double bytes_per_us = 0;
};

/// Numbers of −1 … 1, or of 0 … 3 as integers, half of them zero for non_zero's sake.
std::vector<std::byte> random_bytes(DType dtype, int64_t count) {
  const size_t size = byte_size(dtype, 1);
  std::vector<std::byte> bytes(static_cast<size_t>(count) * size);
  std::minstd_rand random(7);
  for (int64_t i = 0; i < count; ++i) {
    const float value = (random() & 64U) != 0 ? 0 : static_cast<float>(random() % 2048) / 1024 - 1;
    uint64_t bits = random() % 4;
    if (dtype == DType::F32) std::memcpy(&bits, &value, sizeof value);
    if (dtype == DType::F16) bits = ops::float_to_half(value);
    if (dtype == DType::BF16) bits = ops::float_to_bf16(value);
    std::memcpy(bytes.data() + static_cast<size_t>(i) * size, &bits, size);
  }
  return bytes;
}

/// Device memory filled again and again with one block of numbers.
device::GpuBuffer filled(const device::Gpu& gpu, DType dtype, int64_t bytes) {
  constexpr int64_t kBlock = 1 << 20;
  device::GpuBuffer buffer(gpu, static_cast<size_t>(bytes) + 256);
  const auto block = random_bytes(dtype, kBlock);
  for (size_t at = 0; at < static_cast<size_t>(bytes); at += block.size()) {
    const size_t count = std::min(block.size(), static_cast<size_t>(bytes) - at);
    (void)gpu.driver().cuMemcpyHtoD(device::cu_address(buffer.data()) + at, block.data(), count);
  }
  return buffer;
}

class Stopwatch {
 public:
  explicit Stopwatch(const device::Gpu& gpu) : gpu_(gpu) {
    (void)gpu.driver().cuEventCreate(&begin_, 0);
    (void)gpu.driver().cuEventCreate(&end_, 0);
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;
  ~Stopwatch() {
    (void)gpu_.driver().cuEventDestroy(begin_);
    (void)gpu_.driver().cuEventDestroy(end_);
  }
  /// Median microseconds of run(i), over enough of them.
  template <class Run>
  double operator()(Run run) {
    const double once = batch(run, 2);
    const int count = std::clamp(static_cast<int>(2000 / std::max(once, 0.5)), 2, 400);
    std::vector<double> times;
    for (int i = 0; i < 9; ++i) times.push_back(batch(run, count));
    std::ranges::nth_element(times, times.begin() + 4);
    return times[4];
  }

 private:
  template <class Run>
  double batch(Run run, int count) {
    const auto& driver = gpu_.driver();
    (void)driver.cuEventRecord(begin_, nullptr);
    for (int i = 0; i < count; ++i) run(i);
    (void)driver.cuEventRecord(end_, nullptr);
    (void)driver.cuEventSynchronize(end_);
    float milliseconds = 0;
    (void)driver.cuEventElapsedTime(&milliseconds, begin_, end_);
    return static_cast<double>(milliseconds) * 1000 / count;
  }

  const device::Gpu& gpu_;
  device::CuEvent begin_ = nullptr, end_ = nullptr;
};

/// The node of a work; constants hold numbers.
struct Node {
  std::vector<ops::ConstantRef> constants;
  kernel::NodeInfo info;

  explicit Node(const Work& work)
      : info{.op = &work.op, .name = work.name, .inputs = {}, .outputs = {}} {
    info.allow_tf32 = work.tf32;
    for (const Tensor& tensor : work.inputs) {
      kernel::PortInfo& port = info.inputs.emplace_back(port_of(tensor));
      if (!tensor.constant) continue;
      const auto bytes = random_bytes(tensor.dtype, tensor.dims.volume());
      constants.push_back(ops::ConstantData::copy(tensor.dtype, tensor.dims, bytes));
      port.constant = constants.back().get();
    }
    for (const Tensor& tensor : work.outputs) info.outputs.push_back(port_of(tensor));
  }
  static kernel::PortInfo port_of(const Tensor& tensor) {
    kernel::PortInfo info;
    info.dtype = tensor.dtype;
    info.min = info.opt = info.max = tensor.dims;
    info.shape = expr::to_shape(tensor.dims);
    return info;
  }
};

class Bench {
 public:
  explicit Bench(const device::Gpu& gpu) : gpu_(gpu), watch_(gpu) { register_kernels(registry_); }

  /// Measures what the rest is compared with.
  void find_ceilings() {
    constexpr int64_t kBytes = int64_t{1} << 30;
    const auto from = filled(gpu_, DType::F32, kBytes), to = filled(gpu_, DType::F32, kBytes);
    const double copy = watch_([&](int) {
      (void)gpu_.driver().cuMemcpyDtoDAsync(device::cu_address(to.data()),
                                            device::cu_address(from.data()), kBytes, nullptr);
    });
    ceilings_.bytes_per_us = 2.0 * kBytes / copy;
    fmt::print("copy of 1 GiB: {:.1f} us, {:.0f} GB/s read and written\n", copy,
               ceilings_.bytes_per_us / 1000);
  }

  void run(const Work& work) {
    CollectingSink sink;
    Diagnostics diag(sink);
    const Node node(work);
    int ways = 0;
    for (const auto& candidate :
         kernel::candidates_for(registry_, node.info, gpu_.target(), diag)) {
      for (const auto& configuration : candidate->configurations(diag)) {
        if (!candidate->configure(configuration, diag).ok()) continue;
        double best = 0;
        std::string words;
        for (const int32_t tactic : candidate->tactics()) {
          const double time = time_of(work, node.info, *candidate, configuration, tactic, diag);
          if (time <= 0 || (best > 0 && time >= best)) continue;
          best = time;
          words = fmt::format("{} {}->{} tactic {}", candidate->id().name,
                              to_string(configuration.inputs[0].layout),
                              to_string(configuration.outputs[0].layout), tactic);
        }
        ++ways;
        if (best > 0) print(work, words, best);
      }
    }
    if (ways == 0 || !sink.errors().empty()) fmt::print("{}: {}\n", work.name, sink.errors());
  }

 private:
  void print(const Work& work, const std::string& words, double time) const {
    double bytes = 0;
    for (const auto* list : {&work.inputs, &work.outputs}) {
      for (const Tensor& one : *list) {
        bytes += static_cast<double>(byte_size(one.dtype, static_cast<size_t>(one.dims.volume())));
      }
    }
    const double floor = bytes / ceilings_.bytes_per_us;
    fmt::print("{:<44} {:<52} {:>10.2f} us, memory {:>8.2f} us ({:>3.0f} %)", work.name, words,
               time, floor, 100 * floor / time);
    if (work.operations > 0) fmt::print(", {:.1f} TFLOP/s", work.operations / time / 1e6);
    fmt::print("\n");
    std::fflush(stdout);
  }

  double time_of(const Work& work, const kernel::NodeInfo& node, kernel::Candidate& candidate,
                 const kernel::Configuration& configuration, int32_t tactic, Diagnostics& diag) {
    std::vector<TensorDesc> in, out;
    int64_t bytes = 0;
    for (size_t i = 0; i < work.inputs.size(); ++i) {
      in.push_back(node.inputs[i].opt_desc(configuration.inputs[i].layout));
      bytes += in.back().bytes();
    }
    for (size_t i = 0; i < work.outputs.size(); ++i) {
      out.push_back(node.outputs[i].opt_desc(configuration.outputs[i].layout));
      bytes += out.back().bytes();
    }
    const auto record = candidate.record(configuration, tactic, 1, diag);
    if (!record.ok()) return 0;
    const kernel::RecordHolder holder(*record, work.name, in, out);
    const auto loaded = kernel::load(registry_, holder.view(), diag);
    if (!loaded.ok()) return 0;
    const auto instance = (*loaded)->create_instance({});
    if (!instance.ok() || !(*instance)->on_shapes(in, out).ok()) return 0;
    // Several sets, so that nothing is found in the cache.
    constexpr int64_t kBeyondCache = int64_t{256} << 20;
    const auto sets =
        static_cast<size_t>(std::clamp<int64_t>(kBeyondCache / std::max<int64_t>(bytes, 1), 1, 16));
    std::vector<std::vector<device::GpuBuffer>> memory(sets);
    for (auto& set : memory) {
      for (const TensorDesc& desc : in) set.push_back(filled(gpu_, desc.dtype, desc.bytes()));
      for (const TensorDesc& desc : out) set.push_back(filled(gpu_, desc.dtype, desc.bytes()));
    }
    const device::GpuBuffer scratch(gpu_, (*loaded)->workspace(in, out) + 256);
    device::Stream stream = gpu_.stream(nullptr);
    bool failed = false;
    const double time = watch_([&](int i) {
      auto& set = memory[static_cast<size_t>(i) % sets];
      std::vector<const void*> inputs;
      std::vector<void*> outputs;
      for (size_t at = 0; at < in.size(); ++at) inputs.push_back(set[at].data());
      for (size_t at = 0; at < out.size(); ++at) outputs.push_back(set[in.size() + at].data());
      failed = failed || !(*instance)
                              ->run({in.data(), out.data(), inputs.data(), outputs.data(),
                                     scratch.data(), &stream})
                              .ok();
    });
    return failed || gpu_.driver().cuCtxSynchronize() != 0 ? 0 : time;
  }

  const device::Gpu& gpu_;
  Stopwatch watch_;
  kernel::Registry registry_;
  Ceilings ceilings_;
};

Work convolution(const std::string& name, const Dims& x, int64_t outputs, int64_t kernel,
                 int64_t stride, DType dtype, bool tf32 = false) {
  const int64_t pad = kernel / 2;
  const ops::Convolution op{
      {kernel, kernel},           {stride, stride}, {pad, pad}, {pad, pad}, {1, 1}, 1,
      {ops::ActivationKind::Relu}};
  const int64_t rows = (x[2] + 2 * pad - kernel) / stride + 1,
                columns = (x[3] + 2 * pad - kernel) / stride + 1;
  const Dims y{x[0], outputs, rows, columns};
  return {name,
          op,
          {{x, dtype}, {{outputs, x[1], kernel, kernel}, dtype, true}, {{outputs}, dtype, false}},
          {{y, dtype}},
          2.0 * static_cast<double>(y.volume() * x[1] * kernel * kernel),
          tf32};
}

Work product(const std::string& name, int64_t m, int64_t k, int64_t n, DType dtype,
             ops::Activation activation = {ops::ActivationKind::None}) {
  return {name,
          ops::MatMul{false, false, activation},
          {{{m, k}, dtype}, {{k, n}, dtype}, {{n}, dtype}},
          {{{m, n}, dtype}},
          2.0 * static_cast<double>(m * k * n),
          false};
}

constexpr DType kF32 = DType::F32, kF16 = DType::F16;
const Dims kImage{64, 64, 224, 224}, kHalf{64, 64, 112, 112}, kLarge{64, 64, 512, 512};

std::vector<Work> element_works() {
  return {
      {"add 64M f32",
       ops::ElementWise{},
       {{{1 << 26}, kF32}, {{1 << 26}, kF32}},
       {{{1 << 26}, kF32}}},
      {"add 64M f16",
       ops::ElementWise{},
       {{{1 << 26}, kF16}, {{1 << 26}, kF16}},
       {{{1 << 26}, kF16}}},
      {"bias 64x64x112x112 f32",
       ops::ElementWise{},
       {{kHalf, kF32}, {{64, 1, 1}, kF32}},
       {{kHalf, kF32}}},
      {"gelu 64M f16",
       ops::Activation{ops::ActivationKind::GeluErf},
       {{{1 << 26}, kF16}},
       {{{1 << 26}, kF16}}},
      {"cast 64M f32 to f16", ops::Cast{kF16}, {{{1 << 26}, kF32}}, {{{1 << 26}, kF16}}},
  };
}

std::vector<Work> pooling_works() {
  const ops::Pooling max{
      ops::PoolingKind::Max, {2, 2}, {2, 2}, {0, 0}, {0, 0}, {1, 1}, false, false};
  ops::Pooling overlapping = max;
  overlapping.kernel = {3, 3};
  overlapping.pads_begin = overlapping.pads_end = {1, 1};
  ops::Pooling average = max;
  average.kind = ops::PoolingKind::Average;
  return {
      {"max pool 2x2 64x64x224x224 f32", max, {{kImage, kF32}}, {{kHalf, kF32}}},
      {"max pool 2x2 64x64x224x224 f16", max, {{kImage, kF16}}, {{kHalf, kF16}}},
      {"average pool 2x2 64x64x224x224 f32", average, {{kImage, kF32}}, {{kHalf, kF32}}},
      {"max pool 3x3/2 64x64x112x112 f16",
       overlapping,
       {{kHalf, kF16}},
       {{{64, 64, 56, 56}, kF16}}},
  };
}

std::vector<Work> row_works() {
  return {
      {"softmax 65536x1024 f32",
       ops::Softmax{1, false},
       {{{65536, 1024}, kF32}},
       {{{65536, 1024}, kF32}}},
      {"softmax 98304x128 f16",
       ops::Softmax{1, false},
       {{{98304, 128}, kF16}},
       {{{98304, 128}, kF16}}},
      {"softmax 1024x50000 f32",
       ops::Softmax{1, false},
       {{{1024, 50000}, kF32}},
       {{{1024, 50000}, kF32}}},
      {"layer norm 65536x768 f16",
       ops::Normalization{{1}, 1e-5F, 1, false},
       {{{65536, 768}, kF16}, {{768}, kF16}, {{768}, kF16}},
       {{{65536, 768}, kF16}}},
      {"layer norm 128x768 f16",
       ops::Normalization{{1}, 1e-5F, 1, false},
       {{{128, 768}, kF16}, {{768}, kF16}, {{768}, kF16}},
       {{{128, 768}, kF16}}},
      {"sum of 64M f32",
       ops::Reduce{ops::ReduceKind::Sum, {0}, true},
       {{{1 << 26}, kF32}},
       {{{1}, kF32}}},
      {"mean of planes 256x2048x7x7 f32",
       ops::Reduce{ops::ReduceKind::Mean, {2, 3}, true},
       {{{256, 2048, 7, 7}, kF32}},
       {{{256, 2048, 1, 1}, kF32}}},
      {"sum of columns 65536x1024 f32",
       ops::Reduce{ops::ReduceKind::Sum, {0}, false},
       {{{65536, 1024}, kF32}},
       {{{1024}, kF32}}},
  };
}

std::vector<Work> moving_works() {
  return {
      {"transpose 8192x8192 f32",
       ops::Transpose{{1, 0}},
       {{{8192, 8192}, kF32}},
       {{{8192, 8192}, kF32}}},
      {"transpose 8192x8192 f16",
       ops::Transpose{{1, 0}},
       {{{8192, 8192}, kF16}},
       {{{8192, 8192}, kF16}}},
      {"transpose 64x128x12x64 heads f16",
       ops::Transpose{{0, 2, 1, 3}},
       {{{64, 128, 12, 64}, kF16}},
       {{{64, 12, 128, 64}, kF16}}},
      {"pad 64x64x512x512 by 1 f32",
       ops::Pad{{0, 0, 1, 1}, {0, 0, 1, 1}, ops::PadMode::Constant, 0},
       {{kLarge, kF32}},
       {{{64, 64, 514, 514}, kF32}}},
      {"concat 64x(64+64)x112x112 f32",
       ops::Concat{1},
       {{kHalf, kF32}, {kHalf, kF32}},
       {{{64, 128, 112, 112}, kF32}}},
      {"gather 131072 rows of 768 f16",
       ops::Gather{0},
       {{{30522, 768}, kF16}, {{131072}, DType::I64}},
       {{{131072, 768}, kF16}}},
      {"non zero 4096x4096 f32",
       ops::NonZero{DType::I64},
       {{{4096, 4096}, kF32}},
       {{{2, int64_t{4096} * 2048}, DType::I64}, {{}, DType::I64}}},
  };
}

std::vector<Work> arithmetic() {
  return {
      product("product 8192^3 f16", 8192, 8192, 8192, kF16),
      product("product 128x768x3072 gelu f16", 128, 768, 3072, kF16,
              {ops::ActivationKind::GeluErf}),
      product("product 128x768x768 f16", 128, 768, 768, kF16),
      product("product 1x800x500 f32", 1, 800, 500, kF32),
      product("product 2048^3 f32", 2048, 2048, 2048, kF32),
      convolution("conv 1x1x28x28 20 of 5x5 f32", {1, 1, 28, 28}, 20, 5, 1, kF32),
      convolution("conv 1x20x12x12 50 of 5x5 f32", {1, 20, 12, 12}, 50, 5, 1, kF32),
      convolution("conv 1x3x224x224 7x7/2 f16", {1, 3, 224, 224}, 64, 7, 2, kF16),
      convolution("conv 1x64x56x56 3x3 f16", {1, 64, 56, 56}, 64, 3, 1, kF16),
      convolution("conv 1x256x14x14 3x3 f16", {1, 256, 14, 14}, 256, 3, 1, kF16),
      convolution("conv 1x512x7x7 3x3 f16", {1, 512, 7, 7}, 512, 3, 1, kF16),
      convolution("conv 32x64x56x56 3x3 f16", {32, 64, 56, 56}, 64, 3, 1, kF16),
      convolution("conv 32x64x56x56 3x3 f32", {32, 64, 56, 56}, 64, 3, 1, kF32),
      convolution("conv 32x64x56x56 3x3 tf32", {32, 64, 56, 56}, 64, 3, 1, kF32, true),
      convolution("conv 32x256x56x56 1x1 f16", {32, 256, 56, 56}, 64, 1, 1, kF16),
  };
}

int bench(int count, char** arguments) {
  CollectingSink sink;
  Diagnostics diag(sink);
  const auto gpu = device::Gpu::open(0, diag);
  if (!gpu.ok()) {
    fmt::print("nothing is timed: {}\n", sink.errors());
    return 0;
  }
  const device::GpuScope scope(*gpu);
  Bench bench(**gpu);
  fmt::print("{}\n", (*gpu)->target().name);
  bench.find_ceilings();
  for (const auto& works :
       {element_works(), pooling_works(), row_works(), moving_works(), arithmetic()}) {
    for (const Work& work : works) {
      const auto named = [&](const char* part) {
        return work.name.find(part) != std::string::npos;
      };
      if (count == 1 || std::any_of(arguments + 1, arguments + count, named)) bench.run(work);
    }
  }
  return 0;
}

}  // namespace
}  // namespace tenon::cuda

int main(int count, char** arguments) { return tenon::cuda::bench(count, arguments); }
