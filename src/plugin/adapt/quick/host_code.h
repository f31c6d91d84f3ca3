// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Kernels for the CPU that were compiled ahead of time: what their bytes are, linking, opening.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/diagnostics.h"
#include "base/result.h"
#include "plugin/registry/bytes_library.h"

namespace tenon::plugin {

/// What the bytes of a kernel are.
enum class CodeKind : uint8_t { SharedObject, Object, ForeignElf, Cubin, Ptx, Unknown };
CodeKind kind_of_code(std::span<const std::byte> code) noexcept;
/// "a shared object", "PTX for NVIDIA GPUs", …
std::string_view to_string(CodeKind kind) noexcept;

/// Whether it runs on GPUs.
inline bool is_gpu_code(std::span<const std::byte> code) noexcept {
  const CodeKind kind = kind_of_code(code);
  return kind == CodeKind::Cubin || kind == CodeKind::Ptx;
}

/// A shared object of `code`, which is one, or an object file for this machine: that is linked by
/// the compiler driver, $CC or cc. Refuses everything else by its name, and says the mend; `kernel`
/// names it in words.
Result<Bytes> to_shared_object(std::span<const std::byte> code, const std::string& kernel,
                               Diagnostics& diag);

/// The entry of a kernel. `args`: the addresses of the inputs; the addresses of the scalar
/// arguments, 32-bit integers; the addresses of the outputs. Called once a run, with the extents of
/// the grid; it must not throw.
using HostEntry = void (*)(void* const* args, uint32_t gx, uint32_t gy, uint32_t gz);

/// A kernel's shared object, open. Equal bytes are opened once in a process, and closed with the
/// last owner.
class HostModule {
 public:
  /// Opens and looks `name` up. All symbols that it needs must be there.
  static Result<std::shared_ptr<const HostModule>> open(std::span<const std::byte> code,
                                                        const TemporaryFiles& files,
                                                        const std::string& kernel,
                                                        Diagnostics& diag);
  /// Null where there is no such function.
  [[nodiscard]] HostEntry find(const std::string& name) const noexcept;

 private:
  explicit HostModule(std::shared_ptr<OpenLibrary> open) : open_(std::move(open)) {}
  std::shared_ptr<OpenLibrary> open_;
};

}  // namespace tenon::plugin
