// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// GPUs through the driver.
#include "device/gpu.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

namespace tenon::device {

namespace {

// CUdevice_attribute.
constexpr int kSharedBytesSm = 81, kSharedBytesOptin = 97;
constexpr int kSmCount = 16, kMemoryClockKhz = 36, kMemoryBusBits = 37, kL2Bytes = 38;
constexpr int kReachesPageable = 88;
constexpr int kThreadsSm = 39, kMajor = 75, kMinor = 76;

constexpr int kMostGpus = 64;

/// GPUs that were opened, by number; never freed, since work on them may outlive static objects.
std::atomic<const Gpu*> opened[kMostGpus];
std::mutex opening;

bool gpu_stream_captures(void* stream) noexcept {
  // A default stream that cannot be asked because another captures is itself not capturing.
  int status = 0;
  return cuda_driver()->cuStreamIsCapturing(stream, &status) == 0 && status != 0;
}

int gpu_stream_synchronize(void* stream) noexcept {
  return cuda_driver()->cuStreamSynchronize(stream);
}

int gpu_stream_record(void* event, void* stream) noexcept {
  return cuda_driver()->cuEventRecord(event, stream);
}

const char* gpu_words(int code) noexcept { return cuda_driver()->words(code); }

constexpr GpuStreamCalls kStreamCalls = {gpu_stream_captures, gpu_stream_synchronize,
                                         gpu_stream_record, gpu_words};

}  // namespace

int Gpu::count() noexcept {
  const CudaDriver* driver = cuda_driver();
  int count = 0;
  if (driver == nullptr || driver->cuDeviceGetCount(&count) != 0) return 0;
  return std::min(count, kMostGpus);
}

Result<std::unique_ptr<Gpu>> Gpu::start(int ordinal, Diagnostics& diag) {
  std::unique_ptr<Gpu> gpu(new Gpu);
  gpu->ordinal_ = ordinal;
  gpu->text_ = "cuda:" + std::to_string(ordinal);
  gpu->driver_ = cuda_driver();
  int code = gpu->driver_->cuDeviceGet(&gpu->device_, ordinal);
  if (code == 0) code = gpu->driver_->cuDevicePrimaryCtxRetain(&gpu->context_, gpu->device_);
  if (code != 0) {
    return diag.fail(Code::Device, "GPU {} does not start: {}", ordinal, gpu_words(code));
  }
  gpu->read_target();
  return gpu;
}

void Gpu::read_target() {
  const auto read = [this](int attribute) {
    int value = 0;
    (void)driver_->cuDeviceGetAttribute(&value, attribute, device_);
    return static_cast<uint32_t>(std::max(value, 0));
  };
  char name[256] = {};
  (void)driver_->cuDeviceGetName(name, sizeof name - 1, device_);
  size_t memory = 0;
  (void)driver_->cuDeviceTotalMem(&memory, device_);
  reaches_all_ = read(kReachesPageable) != 0;
  target_.kind = Kind::Cuda;
  target_.name = name;
  target_.isa = 0;
  target_.cores = 1;
  target_.l1d_bytes = 0;
  target_.l2_bytes = read(kL2Bytes);
  target_.l3_bytes = 0;
  target_.gpu.sm = static_cast<int32_t>(10 * read(kMajor) + read(kMinor));
  target_.gpu.sm_count = static_cast<int32_t>(read(kSmCount));
  target_.gpu.shared_bytes = read(kSharedBytesOptin);
  target_.gpu.shared_bytes_sm = read(kSharedBytesSm);
  target_.gpu.threads_sm = static_cast<int32_t>(read(kThreadsSm));
  target_.gpu.memory_bytes = memory;
  // Two transfers a clock, bits to bytes: kHz is transfers a millisecond.
  target_.gpu.memory_bytes_per_ms = uint64_t{read(kMemoryClockKhz)} * 2 * read(kMemoryBusBits) / 8;
}

Result<const Gpu*> Gpu::open(int ordinal, Diagnostics& diag) {
  if (cuda_driver() == nullptr) {
    return diag.fail(Code::Unsupported, "there is no GPU to work with: {}", cuda_absence());
  }
  if (ordinal < 0 || ordinal >= count()) {
    return diag.fail(Code::NotFound, "there is no GPU {}: this machine has {}", ordinal, count());
  }
  std::atomic<const Gpu*>& place = opened[ordinal];
  const std::lock_guard lock(opening);
  if (place.load(std::memory_order_acquire) == nullptr) {
    TENON_ASSIGN(auto gpu, start(ordinal, diag));
    place.store(gpu.release(), std::memory_order_release);
  }
  return place.load(std::memory_order_acquire);
}

const Gpu* Gpu::current() noexcept {
  const CudaDriver* driver = cuda_driver();
  CuContext context = nullptr;
  if (driver == nullptr || driver->cuCtxGetCurrent(&context) != 0 || context == nullptr) {
    return nullptr;
  }
  for (const std::atomic<const Gpu*>& one : opened) {
    const Gpu* gpu = one.load(std::memory_order_acquire);
    if (gpu != nullptr && gpu->context() == context) return gpu;
  }
  return nullptr;
}

Result<const Gpu*> Gpu::open_default(Diagnostics& diag) {
  const CudaDriver* driver = cuda_driver();
  CuDevice wanted = 0, device = 0;
  CuContext context = nullptr;
  if (driver == nullptr || driver->cuCtxGetCurrent(&context) != 0 || context == nullptr ||
      driver->cuCtxGetDevice(&wanted) != 0) {
    return open(0, diag);
  }
  // The program's own choice, as cudaSetDevice leaves it.
  for (int ordinal = 0; ordinal < count(); ++ordinal) {
    const bool is_it = driver->cuDeviceGet(&device, ordinal) == 0 && device == wanted;
    if (is_it) return open(ordinal, diag);
  }
  return open(0, diag);
}

Stream Gpu::stream(void* handle) const noexcept { return {handle, kStreamCalls}; }

bool Gpu::reaches(const void* address) const noexcept {
  constexpr int kMemoryType = 2;  // CUpointer_attribute
  unsigned type = 0;
  return reaches_all_ ||
         driver_->cuPointerGetAttribute(&type, kMemoryType, cu_address(address)) == 0;
}

Status Gpu::to_status(int code) const noexcept {
  return code == 0 ? Status{} : Status{Code::Device, driver_->words(code)};
}

GpuScope::GpuScope(const Gpu* gpu) noexcept {
  if (gpu == nullptr) return;
  CuContext now = nullptr;
  if (gpu->driver().cuCtxGetCurrent(&now) == 0 && now == gpu->context()) return;
  if (gpu->driver().cuCtxPushCurrent(gpu->context()) == 0) gpu_ = gpu;
}

GpuScope::~GpuScope() {
  CuContext popped = nullptr;
  if (gpu_ != nullptr) (void)gpu_->driver().cuCtxPopCurrent(&popped);
}

GpuBuffer::GpuBuffer(const Gpu& gpu, size_t bytes) noexcept : gpu_(&gpu) {
  if (bytes == 0) return;
  const GpuScope scope(gpu_);
  CuAddress address = 0;
  if (gpu.driver().cuMemAlloc(&address, bytes) != 0) return;
  data_ = reinterpret_cast<std::byte*>(static_cast<uintptr_t>(address));
  size_ = bytes;
}

Result<GpuBuffer> GpuBuffer::copy_of(std::span<const std::byte> bytes) {
  const Gpu* gpu = Gpu::current();
  if (gpu == nullptr) return Status{Code::Device, "no GPU is current in this thread"};
  GpuBuffer buffer(*gpu, bytes.size());
  if (bytes.empty()) return buffer;
  if (buffer.data() == nullptr) return Status{Code::OutOfMemory, "the GPU has no memory left"};
  const int code =
      gpu->driver().cuMemcpyHtoD(cu_address(buffer.data()), bytes.data(), bytes.size());
  if (code != 0) return gpu->to_status(code);
  return buffer;
}

GpuBuffer::GpuBuffer(GpuBuffer&& other) noexcept
    : gpu_(other.gpu_),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

GpuBuffer& GpuBuffer::operator=(GpuBuffer&& other) noexcept {
  std::swap(gpu_, other.gpu_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

GpuBuffer::~GpuBuffer() {
  if (data_ == nullptr) return;
  const GpuScope scope(gpu_);
  (void)gpu_->driver().cuMemFree(cu_address(data_));
}

PinnedBuffer::PinnedBuffer(PinnedBuffer&& other) noexcept
    : gpu_(other.gpu_),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

PinnedBuffer::~PinnedBuffer() { free(); }

int PinnedBuffer::reserve(const Gpu& gpu, size_t bytes) noexcept {
  constexpr size_t kCacheLine = 64;
  if (data_ != nullptr && bytes <= size_) return 0;
  free();
  gpu_ = &gpu;
  size_ = std::max<size_t>(bytes, kCacheLine);
  const int code = gpu.driver().cuMemAllocHost(&data_, size_);
  if (code != 0) data_ = nullptr;
  return code;
}

void PinnedBuffer::free() noexcept {
  if (data_ == nullptr) return;
  const GpuScope scope(gpu_);
  (void)gpu_->driver().cuMemFreeHost(data_);
  data_ = nullptr;
}

Result<GpuModule> GpuModule::load(std::span<const std::byte> image, std::string_view what,
                                  Diagnostics& diag) {
  GpuModule made;
  made.gpu_ = Gpu::current();
  if (made.gpu_ == nullptr) {
    return diag.fail(Code::Device, "{} cannot be loaded: no GPU is current in this thread", what);
  }
  // PTX is text, which the driver reads up to a zero byte.
  std::vector<std::byte> text(image.begin(), image.end());
  text.push_back(std::byte{0});
  const int code = made.gpu_->driver().cuModuleLoadData(&made.module_, text.data());
  if (code == 0) return made;
  made.module_ = nullptr;
  return diag.fail(Code::Device, "{} cannot be loaded into {} (sm_{}): {}", what,
                   made.gpu_->target().name, made.gpu_->target().gpu.sm, gpu_words(code));
}

GpuModule::GpuModule(GpuModule&& other) noexcept
    : gpu_(other.gpu_), module_(std::exchange(other.module_, nullptr)) {}

GpuModule& GpuModule::operator=(GpuModule&& other) noexcept {
  std::swap(gpu_, other.gpu_);
  std::swap(module_, other.module_);
  return *this;
}

GpuModule::~GpuModule() {
  if (module_ == nullptr) return;
  const GpuScope scope(gpu_);
  (void)gpu_->driver().cuModuleUnload(module_);
}

CuFunction GpuModule::find(const char* name) const noexcept {
  CuFunction function = nullptr;
  const bool found =
      module_ != nullptr && gpu_->driver().cuModuleGetFunction(&function, module_, name) == 0;
  return found ? function : nullptr;
}

}  // namespace tenon::device
