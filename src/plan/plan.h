// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// An engine before it is written: what builder hands to the writer.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/dims.h"
#include "device/target.h"
#include "expr/program.h"
#include "kernel/record.h"

namespace tenon::plan {

/// Where a tensor lives.
enum class Place : uint8_t {
  Input,     ///< bound by the caller
  Output,    ///< bound by the caller
  Arena,     ///< at `offset` of the context's activation memory
  Constant,  ///< at `offset` of the engine's constants, read-only
  None,      ///< never needed in memory; no step reads it
};

/// A tensor of the program. Extents are programs over the plan's symbols. `content`: small
/// integer content given as programs (shape tensors); written to memory by the session before it is
/// read. What a step writes is Arena or Output, and no other step writes it; offsets are multiples
/// of
/// 64. A network input is Input, a network output Output; both stand once in their list.
struct Tensor {
  std::string name;
  DType dtype = DType::F32;
  kernel::Layout layout;
  float scale = 0;
  std::vector<expr::Code> shape;
  Place place = Place::Arena;
  uint64_t offset = 0;              ///< bytes
  uint64_t bytes = 0;               ///< greatest size over all profiles
  std::vector<expr::Code> content;  ///< i32, i64 or bool; empty: not known before the run
};

/// Where a symbol's number comes from. Of a tensor of type i32 or i64, except for InputExtent.
enum class SymbolSource : uint8_t {
  InputExtent,   ///< extent `axis` of network input `tensor`
  InputContent,  ///< element `axis` of the (shape) input `tensor`
  SizeTensor,    ///< the scalar in `tensor`, known after step `step` ran
};
struct Symbol {
  std::string name;
  SymbolSource source = SymbolSource::InputExtent;
  uint32_t tensor = 0;
  uint32_t axis = 0;
  uint32_t step = 0;
  /// SizeTensor: the greatest value, checked at run time. Mentions only symbols before this one.
  std::optional<expr::Code> upper;
};

/// One step. `inputs` and `outputs` number tensors; kNoTensor for an input that is absent, or
/// absorbed by the kernel.
inline constexpr uint32_t kNoTensor = UINT32_MAX;
inline constexpr uint32_t kNoStep = UINT32_MAX;
struct Step {
  std::string name;                  ///< layer name, e.g. "conv1 + relu1"
  std::vector<std::string> sources;  ///< names of the model's nodes
  kernel::Record record;
  std::vector<uint32_t> inputs, outputs;
  uint64_t workspace_bytes = 0;   ///< greatest over all profiles
  uint64_t workspace_offset = 0;  ///< in the arena
  uint32_t flags = 0;             ///< kernel::Flag bits
  std::string plugin;             ///< "name/version/namespace" for plugin steps, else empty
  /// On a GPU: 0 is the caller's stream, others are auxiliary ones, numbered without gaps. Only
  /// steps with kernel::Flag::Capturable may be elsewhere than on the caller's.
  uint32_t stream = 0;
};

struct ProfileRange {
  uint32_t tensor = 0;                                      ///< network input
  Dims min, opt, max;                                       ///< extents
  std::vector<int64_t> min_values, opt_values, max_values;  ///< shape inputs: their content
};
struct Profile {
  std::vector<ProfileRange> ranges;  ///< one a network input, in order
};

/// A tensor that a listener may be shown when it has been computed.
struct DebugTensor {
  std::string name;      ///< the model's: the tensor's own may tell its layout too
  uint32_t tensor = 0;   ///< an input, or written by a step
  bool unfused = false;  ///< not marked by itself, but with all that fusion left
};

/// A plugin library that the build used, or that travels inside the engine.
struct Library {
  std::string name;  ///< file name without folders, at most kMaxLibraryName characters
  std::array<uint64_t, 2> digest{};
  Bytes bytes;  ///< of the file; empty when it does not travel
};

/// Who may run an engine. A safe engine is run by the safe runtime, which allocates nothing once it
/// has started. So it holds kernels of kSafeFamilies alone, one thread a step, no step that
/// allocates, no size that a run or the content of an input decides, and each profile is one shape.
enum class Capability : uint8_t { Standard, Safety };

struct Plan {
  std::string name;
  Capability capability = Capability::Standard;
  device::Target target;
  uint32_t isa_needed = 0;  ///< Isa bits some chosen kernel relies on
  std::vector<Symbol> symbols;
  std::vector<Tensor> tensors;
  std::vector<uint32_t> inputs, outputs;  ///< network I/O, in order
  std::vector<Step> steps;
  std::vector<Profile> profiles;
  uint64_t arena_bytes = 0;
  Bytes constants;                 ///< 64-byte aligned items, see Tensor::offset
  std::vector<DebugTensor> debug;  ///< in the order of computing
  std::vector<Library> libraries;
  Bytes refit;                         ///< see builder/refit.h; empty: weights stay as they are
  Bytes network;                       ///< of a safe engine: what it was built from; else empty
  std::string record;                  ///< JSON: candidates, timings, reasons; strippable
  uint8_t profiling_verbosity = 0;     ///< nvinfer1::ProfilingVerbosity
  uint8_t hardware_compatibility = 0;  ///< nvinfer1::HardwareCompatibilityLevel
};

}  // namespace tenon::plan
