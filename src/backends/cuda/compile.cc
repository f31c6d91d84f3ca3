// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// NVRTC, and the code it has made so far.
#include "backends/cuda/compile.h"

#include <fmt/core.h>

#include <map>
#include <mutex>

#include "backends/cuda/texts.h"
#include "base/hash.h"
#include "device/cuda.h"

namespace tenon::cuda {

namespace {

/// A program of NVRTC.
class NvrtcProgram {
 public:
  explicit NvrtcProgram(const device::Nvrtc& nvrtc) : nvrtc_(nvrtc) {}
  NvrtcProgram(const NvrtcProgram&) = delete;
  NvrtcProgram& operator=(const NvrtcProgram&) = delete;
  ~NvrtcProgram() {
    if (program_ != nullptr) (void)nvrtc_.nvrtcDestroyProgram(&program_);
  }
  bool create(const std::string& text) {
    return nvrtc_.nvrtcCreateProgram(&program_, text.c_str(), "kernel.cu", 0, nullptr, nullptr) ==
           0;
  }
  bool compile(int sm) {
    const std::string architecture = fmt::format("--gpu-architecture=sm_{}", sm);
    const char* const options[] = {architecture.c_str(), "--std=c++17"};
    return nvrtc_.nvrtcCompileProgram(program_, 2, options) == 0;
  }
  [[nodiscard]] std::string log() const {
    size_t size = 0;
    if (nvrtc_.nvrtcGetProgramLogSize(program_, &size) != 0 || size == 0) return "no words";
    std::string text(size, '\0');
    if (nvrtc_.nvrtcGetProgramLog(program_, text.data()) != 0) return "no words";
    return text.substr(0, 2000);
  }
  [[nodiscard]] bool code(Bytes& bytes) const {
    size_t size = 0;
    if (nvrtc_.nvrtcGetCUBINSize(program_, &size) != 0 || size == 0) return false;
    bytes.resize(size);
    return nvrtc_.nvrtcGetCUBIN(program_, reinterpret_cast<char*>(bytes.data())) == 0;
  }

 private:
  const device::Nvrtc& nvrtc_;
  void* program_ = nullptr;
};

using CompiledKey = std::pair<uint64_t, uint64_t>;
struct CompiledCode {
  std::mutex mutex;
  std::map<CompiledKey, std::shared_ptr<const Bytes>> code;
};
CompiledCode& compiled_code() {
  static CompiledCode one;
  return one;
}

}  // namespace

std::string cubin_layout(int sm) { return fmt::format("cubin sm_{}", sm); }

Result<std::shared_ptr<const Bytes>> compile(const std::string& text, int sm, Diagnostics& diag) {
  const CompiledKey key{hash64(text, static_cast<uint64_t>(sm)),
                        hash64(text, ~static_cast<uint64_t>(sm))};
  CompiledCode& known = compiled_code();
  {
    const std::lock_guard lock(known.mutex);
    if (const auto found = known.code.find(key); found != known.code.end()) return found->second;
  }
  const device::Nvrtc* nvrtc = device::nvrtc();
  if (nvrtc == nullptr) {
    return diag.fail(Code::NotFound,
                     "kernels for GPUs are compiled by NVRTC during builds, and it is not "
                     "installed: install libnvrtc, or name its folder in TENON_CUDA_LIBRARIES");
  }
  NvrtcProgram program(*nvrtc);
  if (!program.create(std::string(kPreludeText) + text)) {
    return diag.fail(Code::Device, "NVRTC does not start");
  }
  Bytes bytes;
  if (!program.compile(sm) || !program.code(bytes)) {
    return diag.fail(Code::Internal, "NVRTC refuses the text of a kernel for sm_{}: {}", sm,
                     program.log());
  }
  auto made = std::make_shared<const Bytes>(std::move(bytes));
  const std::lock_guard lock(known.mutex);
  constexpr size_t kMostKept = 512;
  if (known.code.size() >= kMostKept) known.code.clear();
  known.code[key] = made;
  return Result<std::shared_ptr<const Bytes>>(std::move(made));
}

}  // namespace tenon::cuda
