// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Making and asking graphs; running them stands in execute.cc.
#include "safe/graph.h"

#include <cstring>
#include <new>

#include "plugin/convert.h"
#include "safe/system.h"

namespace tenon::safe {

namespace {

using nvinfer1::ErrorCode;
using nvinfer2::safe::ISafeMemAllocator;
using nvinfer2::safe::ISafeRecorder;
using nvinfer2::safe::MemoryUsage;

constexpr Status kNoRoom = {Code::OutOfMemory, "a graph finds no memory"};

/// A sentence on the way out of a call of the interface.
template <class... Args>
ErrorCode refuse(ISafeRecorder& recorder, Code code, Pattern<std::type_identity_t<Args>...> pattern,
                 const Args&... args) noexcept {
  Voice voice(recorder);
  return plugin::to_error_code(voice.diag().fail(code, pattern, args...).code);
}

const char* name_of(nvinfer1::DataType type) noexcept {
  const auto own = plugin::to_dtype(type);
  return own ? tenon::to_string(*own).data() : "no type of tensors here";
}

}  // namespace

Status Graph::create(Engine& engine, const Graph* original, bool managed,
                     ISafeMemAllocator& allocator, ISafeRecorder& recorder, Diagnostics& diag,
                     Graph*& out) noexcept {
  look_for_hostcuda();
  auto* graph = new Graph(engine, managed, allocator, recorder);
  if (graph == nullptr) {
    engine.drop_user();
    return diag.fail(Code::OutOfMemory, "{}", kNoRoom.what);
  }
  Status status = graph->prepare(original, diag);
  if (status.ok()) {
    out = graph;
    return status;
  }
  if (status.what == kNoRoom.what) status = diag.fail(status.code, "{}", status.what);
  delete graph;
  return status;
}

Graph::~Graph() noexcept {
  const MemoryScope scope(allocator_, recorder_);
  if (anchor_ != nullptr) anchor_->leave();
  for (PreparedProfile* one : profiles_) delete one;
  if (plugins_ != nullptr) {
    for (size_t i = 0; i < engine_.plugin_count(); ++i) plugins_[i].~PluginObject();
    release(plugins_);
  }
  if (managed_) release(scratch_);
  engine_.drop_user();
}

Status Graph::prepare(const Graph* original, Diagnostics& diag) noexcept {
  const plan::View& view = engine_.view();
  if (!addresses_.resize(io_count()) || !sizes_.resize(io_count())) return kNoRoom;
  TENON_TRY(make_plugins(original, diag));
  for (size_t i = 0; i < view.profile_count(); ++i) {
    auto* profile = new PreparedProfile;
    if (profile == nullptr) return kNoRoom;
    if (!profiles_.push_back(profile)) {
      delete profile;
      return kNoRoom;
    }
    TENON_TRY(profile->prepare(engine_, i, {plugins_, engine_.plugin_count()}, diag));
  }
  if (managed_ && view.arena_bytes() > 0) {
    scratch_ = static_cast<std::byte*>(
        allocate_for(MemoryUsage::kSCRATCH, view.arena_bytes(), kAlignment));
    if (scratch_ == nullptr) {
      return diag.fail(Code::OutOfMemory, "there are no {} bytes of scratch memory",
                       view.arena_bytes());
    }
  }
  bind_scratch(scratch_);
  anchor_ = Anchor::create(*this, io_count());
  return anchor_ != nullptr ? Status{} : kNoRoom;
}

Status Graph::make_plugins(const Graph* original, Diagnostics& diag) noexcept {
  const size_t count = engine_.plugin_count();
  if (count == 0) return {};
  plugins_ = static_cast<PluginObject*>(allocate(count * sizeof(PluginObject)));
  if (plugins_ == nullptr) return kNoRoom;
  for (size_t i = 0; i < count; ++i) new (plugins_ + i) PluginObject;
  const plan::View& view = engine_.view();
  PluginObject* next = plugins_;
  for (size_t step = 0; step < view.step_count(); ++step) {
    if (engine_.loaded(step) != nullptr) continue;
    StepRecord record;
    TENON_TRY(read_record(engine_, step, diag, record));
    if (original != nullptr) {
      TENON_TRY(original->plugins_[next - plugins_].clone(record.view.node_name, diag, *next));
    } else {
      TENON_TRY(PluginObject::create(record.view, recorder_, diag, *next));
    }
    TENON_TRY(next->start(resources_, record.view.tactic, record.view.node_name, diag));
    ++next;
  }
  return {};
}

void Graph::bind_scratch(std::byte* memory) noexcept {
  scratch_ = memory;
  for (PreparedProfile* one : profiles_) one->bind_arena(memory);
}

ErrorCode Graph::clone(ITRTGraph*& graph, ISafeRecorder& recorder) noexcept {
  graph = nullptr;
  const MemoryScope scope(allocator_, recorder);
  Voice voice(recorder);
  engine_.add_user();
  Graph* copy = nullptr;
  const Status status = create(engine_, this, managed_, allocator_, recorder, voice.diag(), copy);
  if (!status.ok()) return plugin::to_error_code(status.code);
  graph = copy;
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::getScratchMemorySize(size_t& size) const noexcept {
  size = engine_.view().arena_bytes();
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::getTRTManagedScratch(bool& flag) const noexcept {
  flag = managed_;
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::setScratchMemory(void* memory) noexcept {
  if (managed_) {
    return refuse(recorder_, Code::Cancelled,
                  "setScratchMemory: the graph manages its scratch memory; create it with "
                  "trtManagedScratch = false to give it your own");
  }
  if (reinterpret_cast<uintptr_t>(memory) % kAlignment != 0) {
    return refuse(recorder_, Code::InvalidArgument,
                  "setScratchMemory: the memory does not begin at a multiple of {} bytes",
                  kAlignment);
  }
  bind_scratch(static_cast<std::byte*>(memory));
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::getScratchMemory(void*& memory) noexcept {
  memory = scratch_;
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::getNbIOTensors(int64_t& nb) const noexcept {
  nb = static_cast<int64_t>(io_count());
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::find(const char* name, size_t& io) const noexcept {
  if (name == nullptr) {
    return refuse(recorder_, Code::InvalidArgument, "the name of an input or output is null");
  }
  for (io = 0; io < io_count(); ++io) {
    if (std::strcmp(now().io(io).tensorName, name) == 0) return ErrorCode::kSUCCESS;
  }
  FixedText<512> known;
  for (size_t i = 0; i < io_count(); ++i) {
    known.append("{}'{}'", {i == 0 ? "" : ", ", now().io(i).tensorName});
  }
  return refuse(recorder_, Code::InvalidArgument,
                "the engine has no input or output '{}'; it has {}", name, known.view());
}

ErrorCode Graph::check_index(int64_t index, size_t& io) const noexcept {
  io = static_cast<size_t>(index);
  if (index >= 0 && io < io_count()) return ErrorCode::kSUCCESS;
  return refuse(recorder_, Code::InvalidArgument,
                "there is no input or output {}: the engine has {} of them", index, io_count());
}

ErrorCode Graph::getIOTensorName(const char*& name, size_t index) const noexcept {
  name = nullptr;
  size_t io = 0;
  constexpr size_t kMost = INT64_MAX;
  const ErrorCode code = check_index(static_cast<int64_t>(index < kMost ? index : kMost), io);
  if (code == ErrorCode::kSUCCESS) name = now().io(io).tensorName;
  return code;
}

ErrorCode Graph::getIOTensorDescriptor(TensorDescriptor& desc,
                                       const char* tensorName) const noexcept {
  size_t io = 0;
  const ErrorCode code = find(tensorName, io);
  if (code == ErrorCode::kSUCCESS) desc = now().io(io);
  return code;
}

ErrorCode Graph::getIOTensorDescriptor(TensorDescriptor& desc, int32_t index) const noexcept {
  size_t io = 0;
  const ErrorCode code = check_index(index, io);
  if (code == ErrorCode::kSUCCESS) desc = now().io(io);
  return code;
}

ErrorCode Graph::bind(size_t io, const TypedArray& tensor) noexcept {
  const TensorDescriptor& wanted = now().io(io);
  if (tensor.getType() != wanted.dataType) {
    return refuse(
        recorder_, Code::InvalidArgument,
        "setIOTensorAddress: '{}' is of type {}, not {}; make the TypedArray of a pointer "
        "to that type",
        wanted.tensorName, name_of(wanted.dataType), name_of(tensor.getType()));
  }
  if (tensor.getSize() < wanted.sizeInBytes ||
      (tensor.getData() == nullptr && wanted.sizeInBytes > 0)) {
    return refuse(recorder_, Code::InvalidArgument,
                  "setIOTensorAddress: '{}' takes {} bytes in IO profile {}, and is given {}{}",
                  wanted.tensorName, wanted.sizeInBytes, profile_, tensor.getSize(),
                  tensor.getData() == nullptr ? " at a null address" : "");
  }
  addresses_[io] = tensor.getData();
  sizes_[io] = tensor.getSize();
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::setIOTensorAddress(const char* tensorName, const TypedArray& tensor) noexcept {
  size_t io = 0;
  const ErrorCode code = find(tensorName, io);
  return code == ErrorCode::kSUCCESS ? bind(io, tensor) : code;
}

ErrorCode Graph::setIOTensorAddress(int32_t index, const TypedArray& tensor) noexcept {
  size_t io = 0;
  const ErrorCode code = check_index(index, io);
  return code == ErrorCode::kSUCCESS ? bind(io, tensor) : code;
}

namespace {

/// An address with a type that is known at run time.
nvinfer2::safe::TypedArray typed(nvinfer1::DataType type, void* data, uint64_t size) noexcept {
  using nvinfer1::DataType;
  switch (type) {
    case DataType::kHALF:
      return {static_cast<nvinfer2::safe::half_t*>(data), size};
    case DataType::kINT64:
      return {static_cast<int64_t*>(data), size};
    case DataType::kINT32:
      return {static_cast<int32_t*>(data), size};
    case DataType::kINT8:
      return {static_cast<int8_t*>(data), size};
    case DataType::kUINT8:
      return {static_cast<uint8_t*>(data), size};
    case DataType::kBOOL:
      return {static_cast<bool*>(data), size};
    default:
      return {static_cast<float*>(data), size};
  }
}

}  // namespace

ErrorCode Graph::getIOTensorAddress(const char* tensorName, TypedArray& tensor) noexcept {
  size_t io = 0;
  const ErrorCode code = find(tensorName, io);
  if (code == ErrorCode::kSUCCESS)
    tensor = typed(now().io(io).dataType, addresses_[io], sizes_[io]);
  return code;
}

ErrorCode Graph::getIOTensorAddress(int32_t index, TypedArray& tensor) noexcept {
  size_t io = 0;
  const ErrorCode code = check_index(index, io);
  if (code == ErrorCode::kSUCCESS)
    tensor = typed(now().io(io).dataType, addresses_[io], sizes_[io]);
  return code;
}

ErrorCode Graph::setInputConsumedEvent(cudaEvent_t event) noexcept {
  look_for_hostcuda();
  if (event != nullptr && known_hostcuda() == nullptr) {
    return refuse(
        recorder_, Code::InvalidArgument,
        "setInputConsumedEvent: the event is of no CUDA runtime that CPU engines know; "
        "link the program with the CUDA runtime on the CPU (libcudart.so in lib/hostcuda)");
  }
  consumed_ = event;
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::getInputConsumedEvent(cudaEvent_t& event) const noexcept {
  event = consumed_;
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::getErrorBuffer(nvinfer2::safe::RuntimeErrorInformation*& buffer) const noexcept {
  buffer = resources_.getRuntimeErrorInformation();
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::getSafeRecorder(ISafeRecorder*& recorder) const noexcept {
  recorder = &recorder_;
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::getNbIOProfiles(int64_t& nb) const noexcept {
  nb = static_cast<int64_t>(profiles_.size());
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::setIOProfile(int64_t profileIndex) noexcept {
  if (profileIndex < 0 || static_cast<size_t>(profileIndex) >= profiles_.size()) {
    return refuse(recorder_, Code::InvalidArgument,
                  "setIOProfile: there is no IO profile {}; the engine has {} of them, from 0",
                  profileIndex, profiles_.size());
  }
  profile_ = static_cast<size_t>(profileIndex);
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::getIOProfile(int64_t& profileIndex) const noexcept {
  profileIndex = static_cast<int64_t>(profile_);
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::getNbAuxStreams(int32_t& nbStreams) const noexcept {
  nbStreams = 0;  // All steps of an engine run in one order.
  return ErrorCode::kSUCCESS;
}

ErrorCode Graph::setAuxStreams(cudaStream_t* /*auxStreams*/, int32_t nbStreams) noexcept {
  if (nbStreams == 0) return ErrorCode::kSUCCESS;
  return refuse(recorder_, Code::InvalidArgument,
                "setAuxStreams: the engine uses 0 auxiliary streams, and is given {}", nbStreams);
}

}  // namespace tenon::safe
