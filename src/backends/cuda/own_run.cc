// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// What runs of own kernels: code loaded into a GPU, launches prepared for shapes.
#include <dlfcn.h>
#include <fmt/core.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <mutex>

#include "backends/cuda/compile.h"
#include "backends/cuda/own_kernel.h"
#include "base/hash.h"
#include "device/gpu.h"

namespace tenon::cuda {

namespace {

using kernel::TensorDesc;

/// Code in a GPU. Steps of equal code share it.
std::shared_ptr<const device::GpuModule> find_module(const device::Gpu* gpu,
                                                     std::span<const std::byte> code,
                                                     std::string_view what, Status& status,
                                                     Diagnostics& diag) {
  using Key = std::tuple<const device::Gpu*, uint64_t, uint64_t>;
  static std::mutex mutex;
  static std::map<Key, std::weak_ptr<const device::GpuModule>> loaded;
  const Key key{gpu, hash64(code, 0), hash64(code, 1)};
  const std::lock_guard lock(mutex);
  if (auto known = loaded[key].lock()) return known;
  auto fresh = device::GpuModule::load(code, what, diag);
  if (!fresh.ok()) {
    status = fresh.status();
    return nullptr;
  }
  auto module = std::make_shared<const device::GpuModule>(std::move(fresh).value());
  loaded[key] = module;
  return module;
}

/// cuLaunchKernelEx, which drivers have since CUDA 11.8; null elsewhere.
using LaunchEx = int (*)(const void* config, device::CuFunction function, void** arguments,
                         void** extra);
LaunchEx launch_ex() {
  static const LaunchEx call = [] {
    void* library = dlopen("libcuda.so.1", RTLD_LAZY | RTLD_NOLOAD);
    return library == nullptr ? nullptr
                              : reinterpret_cast<LaunchEx>(dlsym(library, "cuLaunchKernelEx"));
  }();
  return call;
}

/// Whether kernels are launched before those before them have ended, for which they then wait
/// themselves; TENON_CUDA_OVERLAP=0 says no.
bool may_overlap(const device::Gpu& gpu) {
  static const bool wanted = [] {
    const char* text = std::getenv("TENON_CUDA_OVERLAP");
    return text == nullptr || std::string_view(text) != "0";
  }();
  return wanted && gpu.target().gpu.sm >= 90 && launch_ex() != nullptr;
}

int launch_overlapping(device::CuFunction function, const uint32_t (&grid)[3],
                       const uint32_t (&block)[3], void* stream, void** arguments) {
  // Structures of NVIDIA's public driver interface.
  struct Attribute {
    int id = 6;  // programmatic stream serialization
    alignas(8) int value = 1;
    char rest[60] = {};
  };
  struct Config {
    uint32_t grid[3], block[3], shared_bytes = 0;
    void* stream;
    Attribute* attributes;
    uint32_t count = 1;
  };
  static_assert(sizeof(Attribute) == 72);
  Attribute attribute;
  Config config{};
  std::copy_n(grid, 3, config.grid);
  std::copy_n(block, 3, config.block);
  config.stream = stream;
  config.attributes = &attribute;
  config.count = 1;
  return launch_ex()(&config, function, arguments, nullptr);
}

/// A launch with its code found and room for addresses.
struct Prepared {
  Launch launch;
  device::CuFunction function = nullptr;
};

struct OwnCode {
  bool overlaps = false;  ///< its kernels are launched before those before them have ended
  std::unique_ptr<Planner> planner;
  std::shared_ptr<const device::GpuModule> module;
  const device::Gpu* gpu = nullptr;
};

class OwnInstance final : public kernel::Instance {
 public:
  explicit OwnInstance(const OwnCode& code) : code_(code) {}

  Status on_shapes(std::span<const TensorDesc> inputs,
                   std::span<const TensorDesc> outputs) noexcept override {
    TENON_TRY(refuse_large(inputs));
    TENON_TRY(refuse_large(outputs));
    inputs_ = inputs.size();
    outputs_ = outputs.size();
    TENON_TRY(prepare({inputs, outputs, true}, aligned_));
    return prepare({inputs, outputs, false}, plain_);
  }

  Status run(const kernel::RunArgs& args) noexcept override {
    uintptr_t bits = 0;
    for (size_t i = 0; i < inputs_; ++i) bits |= reinterpret_cast<uintptr_t>(args.inputs[i]);
    for (size_t i = 0; i < outputs_; ++i) bits |= reinterpret_cast<uintptr_t>(args.outputs[i]);
    for (Prepared& one : bits % 16 == 0 ? aligned_ : plain_) TENON_TRY(start(one, args));
    return {};
  }

 private:
  Status prepare(const Shapes& shapes, std::vector<Prepared>& prepared) {
    prepared.clear();
    const bool empty = std::ranges::all_of(
        shapes.outputs, [](const TensorDesc& desc) { return desc.elements() == 0; });
    if (empty && !code_.planner->tells_sizes()) return {};
    std::vector<Launch> launches;
    TENON_TRY(code_.planner->plan(shapes, launches));
    for (Launch& launch : launches) {
      Prepared& one = prepared.emplace_back(Prepared{std::move(launch), nullptr});
      if (one.launch.what != Launch::What::Kernel) continue;
      if (code_.module != nullptr) one.function = code_.module->find(one.launch.kernel.c_str());
      if (one.function == nullptr) {
        return {Code::InvalidPlan, "the code of a GPU kernel lacks what its launch names"};
      }
      one.launch.arguments.put(uint64_t{0}).put(uint64_t{0});  // The struct may end with padding.
    }
    return {};
  }

  static device::CuAddress address(const kernel::RunArgs& args, const Place& place) noexcept {
    const void* base = place.of == Place::Of::Input    ? args.inputs[place.index]
                       : place.of == Place::Of::Output ? args.outputs[place.index]
                                                       : args.workspace;
    return device::cu_address(base) + place.offset;
  }

  Status start(Prepared& one, const kernel::RunArgs& args) noexcept {
    const device::CudaDriver& driver = code_.gpu->driver();
    void* stream = args.stream == nullptr ? nullptr : args.stream->handle();
    const auto& places = one.launch.arguments.places();
    if (one.launch.what == Launch::What::Copy) {
      const auto to = address(args, places[0].second), from = address(args, places[1].second);
      if (to == from) return {};
      return code_.gpu->to_status(driver.cuMemcpyDtoDAsync(to, from, one.launch.bytes, stream));
    }
    if (one.launch.what == Launch::What::Zero) {
      const auto to = address(args, places[0].second);
      return code_.gpu->to_status(driver.cuMemsetD8Async(to, 0, one.launch.bytes, stream));
    }
    std::byte* arguments = one.launch.arguments.data();
    for (const auto& [at, place] : places) {
      const device::CuAddress where = address(args, place);
      std::memcpy(arguments + at, &where, sizeof where);
    }
    void* pointers[] = {arguments};
    const uint32_t(&grid)[3] = one.launch.grid, (&block)[3] = one.launch.block;
    if (code_.overlaps) {
      return code_.gpu->to_status(launch_overlapping(one.function, grid, block, stream, pointers));
    }
    return code_.gpu->to_status(driver.cuLaunchKernel(one.function, grid[0], grid[1], grid[2],
                                                      block[0], block[1], block[2], 0, stream,
                                                      pointers, nullptr));
  }

  const OwnCode& code_;
  size_t inputs_ = 0, outputs_ = 0;
  std::vector<Prepared> aligned_, plain_;
};

class OwnLoaded final : public kernel::Loaded {
 public:
  explicit OwnLoaded(OwnCode code) : code_(std::move(code)) {}
  [[nodiscard]] size_t workspace(std::span<const TensorDesc> inputs,
                                 std::span<const TensorDesc> outputs) const noexcept override {
    return code_.planner->workspace({inputs, outputs, true});
  }
  Result<std::unique_ptr<kernel::Instance>> create_instance(
      const kernel::ContextResources&) override {
    return std::unique_ptr<kernel::Instance>(std::make_unique<OwnInstance>(code_));
  }

 private:
  const OwnCode code_;
};

/// "cubin sm_90" runs on GPUs of compute capability 9.0 and above within 9.
Status expect_fitting_code(const kernel::RecordView& record, const device::Gpu& gpu, bool& waits,
                           Diagnostics& diag) {
  const auto& layout = record.packed[0].layout;
  std::string_view text(reinterpret_cast<const char*>(layout.data()), layout.size());
  waits = text.ends_with(kWaits);
  if (waits) text.remove_suffix(kWaits.size());
  const int here = gpu.target().gpu.sm;
  for (int sm = here / 10 * 10; sm <= here; ++sm) {
    if (text == cubin_layout(sm)) return {};
  }
  return diag.fail(Code::Unsupported,
                   "layer '{}': kernel cuda/{} was compiled for '{}', and {} is sm_{}; build the "
                   "engine for it",
                   record.node_name, record.name, text, gpu.target().name, here);
}

}  // namespace

Result<std::unique_ptr<kernel::Loaded>> load_own(const kernel::RecordView& record,
                                                 const OwnKernel& own, Diagnostics& diag) {
  ByteReader reader(record.params);
  TENON_TRY(expect_ports(reader, record, diag));
  OwnCode code;
  code.gpu = device::Gpu::current();
  if (code.gpu == nullptr) {
    return diag.fail(Code::Device, "layer '{}' runs on a GPU, and none is current in this thread",
                     record.node_name);
  }
  code.planner = own.planner(reader, record);
  if (code.planner == nullptr || !reader.ok()) return damaged(record, diag);
  if (!record.packed.empty()) {
    bool waits = false;
    TENON_TRY(expect_fitting_code(record, *code.gpu, waits, diag));
    code.overlaps = waits && may_overlap(*code.gpu);
    Status status;
    code.module =
        find_module(code.gpu, record.packed[0].data,
                    fmt::format("the code of layer '{}'", record.node_name), status, diag);
    if (code.module == nullptr) return status;
  }
  return std::unique_ptr<kernel::Loaded>(std::make_unique<OwnLoaded>(std::move(code)));
}

}  // namespace tenon::cuda
