// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The doors of the safe library.
#include "plugin/convert.h"
#include "safe/graph.h"

namespace tenon::safe {

namespace {

Status create_graph(nvinfer2::safe::ITRTGraph*& graph, const void* buffer, int64_t size,
                    nvinfer2::safe::ISafeRecorder& recorder, bool managed,
                    nvinfer2::safe::ISafeMemAllocator* allocator) noexcept {
  Voice voice(recorder);
  Diagnostics& diag = voice.diag();
  if (buffer == nullptr || size <= 0) {
    return diag.fail(Code::InvalidArgument,
                     "createTRTGraph: there is no engine: the buffer is null or empty");
  }
  auto& from = allocator != nullptr ? *allocator : default_allocator();
  const MemoryScope scope(from, recorder);
  Engine* engine = nullptr;
  const std::span file(static_cast<const std::byte*>(buffer), static_cast<size_t>(size));
  TENON_TRY(Engine::create(file, diag, engine));
  Graph* made = nullptr;
  TENON_TRY(Graph::create(*engine, nullptr, managed, from, recorder, diag, made));
  graph = made;
  return {};
}

}  // namespace

}  // namespace tenon::safe

extern "C" nvinfer2::safe::ErrorCode nvinfer2::safe::createTRTGraph(
    nvinfer2::safe::ITRTGraph*& graph, const void* buffer, int64_t bufferSize,
    nvinfer2::safe::ISafeRecorder& recorder, bool trtManagedScratch,
    nvinfer2::safe::ISafeMemAllocator* allocator) noexcept {
  graph = nullptr;
  return tenon::plugin::to_error_code(
      tenon::safe::create_graph(graph, buffer, bufferSize, recorder, trtManagedScratch, allocator)
          .code);
}

extern "C" nvinfer2::safe::ErrorCode nvinfer2::safe::destroyTRTGraph(
    nvinfer2::safe::ITRTGraph*& graph) noexcept {
  if (graph == nullptr) return ErrorCode::kINVALID_ARGUMENT;
  delete graph;
  graph = nullptr;
  return ErrorCode::kSUCCESS;
}
