// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The configuration, the environment, the machine.
#include "api/infer/device_choice.h"

#include <cstdlib>

#include "tune/gpu_timer.h"
#include "tune/local_timer.h"

namespace tenon::api {

namespace {

constexpr std::string_view kCudaPrefix = "cuda:";

/// "cuda" or "cuda:N".
bool names_cuda(std::string_view device) {
  if (device == "cuda") return true;
  const bool numbered =
      device.starts_with(kCudaPrefix) && device.size() > kCudaPrefix.size() && device.size() < 10;
  return numbered && device.find_first_not_of("0123456789", kCudaPrefix.size()) == device.npos;
}

/// The number in "cuda:N"; -1 for "cuda".
int gpu_number(std::string_view device) {
  if (device == "cuda") return -1;
  return std::atoi(std::string(device.substr(kCudaPrefix.size())).c_str());
}

/// What the user said, and where.
std::string_view wanted_device(const BuilderConfig::Settings& settings) {
  if (!settings.device.empty()) return settings.device;
  const char* text = std::getenv("TENON_DEVICE");
  return text == nullptr ? std::string_view() : text;
}

Status refuse_for_gpu(const BuilderConfig::Settings& settings, Diagnostics& diag) {
  if (settings.hardware == nvinfer1::HardwareCompatibilityLevel::kAMPERE_PLUS) {
    return diag.fail(Code::Unsupported,
                     "HardwareCompatibilityLevel::kAMPERE_PLUS is for engines that run on "
                     "processors: a GPU's engine holds code for its compute capability alone; use "
                     "kNONE, or device \"cpu\"");
  }
  return {};
}

}  // namespace

std::string refuse_device(std::string_view device) {
  if (device.empty() || device == "cpu") return {};
  if (!names_cuda(device)) {
    return fmt::format("\"{}\" is no device: known are \"cpu\", \"cuda\" and \"cuda:N\"", device);
  }
  CollectingSink sink;
  Diagnostics diag(sink);
  const int number = gpu_number(device);
  const auto gpu = number < 0 ? device::Gpu::open_default(diag) : device::Gpu::open(number, diag);
  if (gpu.ok()) return {};
  return fmt::format("device \"{}\" cannot be built for: {}; use \"cpu\"", device, sink.errors());
}

Result<const device::Gpu*> device_of(const BuilderConfig::Settings& settings, Diagnostics& diag) {
  constexpr const device::Gpu* kProcessor = nullptr;
  const std::string_view wanted = wanted_device(settings);
  const bool safe = settings.capability == nvinfer1::EngineCapability::kSAFETY;
  if (!settings.remote.empty()) {
    if (!names_cuda(wanted)) return kProcessor;
    return diag.fail(Code::Unsupported,
                     "the remote tuning configuration names a machine whose processor is measured: "
                     "use device \"cpu\", not \"{}\", or build on the machine with the GPU",
                     wanted);
  }
  if (wanted == "cpu" || (safe && wanted.empty())) return kProcessor;
  if (wanted.empty() && device::Gpu::count() == 0) return kProcessor;
  if (safe) {
    return diag.fail(Code::Unsupported,
                     "EngineCapability::kSAFETY: a safe engine runs on a processor: use device "
                     "\"cpu\", not \"{}\"",
                     wanted);
  }
  TENON_TRY(refuse_for_gpu(settings, diag));
  const int number = wanted.empty() ? -1 : gpu_number(wanted);
  return number < 0 ? device::Gpu::open_default(diag) : device::Gpu::open(number, diag);
}

std::unique_ptr<tune::Timer> make_timer(const kernel::LoaderTable& loaders, const device::Gpu* gpu,
                                        const device::Target& target) {
  if (gpu != nullptr) return std::make_unique<tune::GpuTimer>(loaders, *gpu);
  return std::make_unique<tune::LocalTimer>(loaders, target);
}

}  // namespace tenon::api
