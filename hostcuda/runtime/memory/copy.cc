// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies: checks, the work itself, and how it reaches a stream.
#include "hostcuda/runtime/memory/copy.h"

#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/memory/reach.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

/// One side of a copy: rows of a box, all in bytes.
struct Rows {
  unsigned char* first = nullptr;
  std::size_t pitch = 0;  ///< from row to row
  std::size_t slice = 0;  ///< from layer to layer
};

/// Rows of a pitched pointer from `position` on; false when the numbers overflow.
bool rows_of(const cudaPitchedPtr& pitched, const cudaPos& position, Rows* rows) {
  std::size_t down = 0, deep = 0;
  rows->pitch = pitched.pitch;
  if (__builtin_mul_overflow(pitched.pitch, pitched.ysize, &rows->slice) ||
      __builtin_mul_overflow(pitched.pitch, position.y, &down) ||
      __builtin_mul_overflow(rows->slice, position.z, &deep)) {
    return false;
  }
  rows->first = static_cast<unsigned char*>(pitched.ptr) + position.x + down + deep;
  return true;
}

/// Bytes from the first byte of a box to its last; false when the numbers overflow.
bool span_of(const Rows& rows, const cudaExtent& extent, std::size_t* span) {
  std::size_t down = 0, deep = 0;
  return !__builtin_mul_overflow(rows.pitch, extent.height - 1, &down) &&
         !__builtin_mul_overflow(rows.slice, extent.depth - 1, &deep) &&
         !__builtin_add_overflow(down, deep, &down) &&
         !__builtin_add_overflow(down, extent.width, span);
}

bool is_empty(const cudaExtent& extent) {
  return extent.width == 0 || extent.height == 0 || extent.depth == 0;
}

/// The side's pitch must hold a row once there are several, and its layers must not overlap.
cudaError_t check_pitch(const cudaPitchedPtr& pitched, const cudaPos& position,
                        const cudaExtent& extent) {
  const bool several = extent.height > 1 || extent.depth > 1;
  if (several && pitched.pitch < position.x + extent.width) return cudaErrorInvalidPitchValue;
  if (extent.depth > 1 && pitched.ysize < position.y + extent.height) return cudaErrorInvalidValue;
  return cudaSuccess;
}

cudaError_t check_side(const cudaPitchedPtr& pitched, const cudaPos& position,
                       const cudaExtent& extent, Side side) {
  if (!pitched.ptr) return cudaErrorInvalidValue;
  if (const cudaError_t error = check_pitch(pitched, position, extent)) return error;
  Rows rows;
  std::size_t span = 0;
  if (!rows_of(pitched, position, &rows) || !span_of(rows, extent, &span)) {
    return cudaErrorInvalidValue;
  }
  return check_reach(rows.first, span, side);
}

Side target_side(cudaMemcpyKind kind) {
  if (kind == cudaMemcpyDefault) return Side::Any;
  return kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice ? Side::Device
                                                                            : Side::Host;
}

Side source_side(cudaMemcpyKind kind) {
  if (kind == cudaMemcpyDefault) return Side::Any;
  return kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice ? Side::Device
                                                                            : Side::Host;
}

/// Bytes up to which a pageable source is copied aside instead of waiting until it is read.
constexpr std::size_t kMostStaged = std::size_t{1} << 20;

/// Bytes of a box; false when the numbers overflow.
bool bytes_of(const cudaExtent& extent, std::size_t* bytes) {
  return !__builtin_mul_overflow(extent.width, extent.height, bytes) &&
         !__builtin_mul_overflow(*bytes, extent.depth, bytes);
}

/// Takes a dense copy of the source now, and lets the operation read that.
bool stage_source(Copy& op, std::size_t bytes) {
  cudaMemcpy3DParms& params = op.params;
  const cudaExtent extent = params.extent;
  Rows rows;
  if (!rows_of(params.srcPtr, params.srcPos, &rows)) return false;
  const std::shared_ptr<unsigned char[]> staged(new unsigned char[bytes]);
  unsigned char* to = staged.get();
  for (std::size_t z = 0; z < extent.depth; ++z) {
    for (std::size_t y = 0; y < extent.height; ++y, to += extent.width) {
      std::memcpy(to, rows.first + z * rows.slice + y * rows.pitch, extent.width);
    }
  }
  params.srcPtr = {staged.get(), extent.width, extent.width, extent.height};
  params.srcPos = {};
  op.keep = staged;
  return true;
}

}  // namespace

Copy linear_copy(void* target, const void* source, std::size_t bytes, cudaMemcpyKind kind) {
  return row_copy(target, bytes, source, bytes, bytes, 1, kind);
}

Copy row_copy(void* target, std::size_t target_pitch, const void* source, std::size_t source_pitch,
              std::size_t width, std::size_t height, cudaMemcpyKind kind) {
  Copy op;
  op.params.srcPtr = {const_cast<void*>(source), source_pitch, width, height};
  op.params.dstPtr = {target, target_pitch, width, height};
  op.params.extent = {width, height, 1};
  op.params.kind = kind;
  return op;
}

cudaError_t check_copy(const Copy& op) {
  const cudaMemcpy3DParms& params = op.params;
  if (params.srcArray || params.dstArray) {
    // A side that is both an array and a pointer contradicts itself.
    const bool both =
        (params.srcArray && params.srcPtr.ptr) || (params.dstArray && params.dstPtr.ptr);
    return both ? cudaErrorInvalidValue : not_supported("copies of CUDA arrays");
  }
  if (params.kind < cudaMemcpyHostToHost || params.kind > cudaMemcpyDefault) {
    return cudaErrorInvalidMemcpyDirection;
  }
  if (is_empty(params.extent)) return cudaSuccess;
  if (const cudaError_t error =
          check_side(params.dstPtr, params.dstPos, params.extent, target_side(params.kind))) {
    return error;
  }
  // What was staged is ours.
  if (op.keep) return cudaSuccess;
  return check_side(params.srcPtr, params.srcPos, params.extent, source_side(params.kind));
}

cudaError_t run_copy(const Copy& op) noexcept {
  const cudaMemcpy3DParms& params = op.params;
  const cudaExtent& extent = params.extent;
  if (is_empty(extent)) return cudaSuccess;
  Rows from, to;
  std::size_t from_span = 0, to_span = 0;
  if (!rows_of(params.srcPtr, params.srcPos, &from) || !span_of(from, extent, &from_span) ||
      !rows_of(params.dstPtr, params.dstPos, &to) || !span_of(to, extent, &to_span)) {
    return cudaErrorInvalidValue;
  }
  if (const cudaError_t error = check_alive(to.first, to_span)) return error;
  if (const cudaError_t error = check_alive(from.first, from_span)) return error;
  if (extent.height == 1 && extent.depth == 1) {
    std::memmove(to.first, from.first, extent.width);
    return cudaSuccess;
  }
  for (std::size_t z = 0; z < extent.depth; ++z) {
    for (std::size_t y = 0; y < extent.height; ++y) {
      std::memmove(to.first + z * to.slice + y * to.pitch,
                   from.first + z * from.slice + y * from.pitch, extent.width);
    }
  }
  return cudaSuccess;
}

cudaError_t copy_now(Copy op, cudaStream_t stream) {
  if (const cudaError_t error = check_copy(op)) return error;
  if (is_empty(op.params.extent)) return cudaSuccess;
  return submit_and_wait(stream, std::move(op));
}

cudaError_t copy_later(Copy op, cudaStream_t stream) {
  bool capturing = false;
  if (const cudaError_t error = is_capturing(stream, &capturing)) return error;
  if (const cudaError_t error = check_copy(op)) return error;
  if (is_empty(op.params.extent) && !capturing) return cudaSuccess;
  const bool pageable = op.params.kind != cudaMemcpyDeviceToDevice &&
                        op.params.kind != cudaMemcpyDeviceToHost &&
                        is_pageable(op.params.srcPtr.ptr);
  if (!pageable || capturing) return submit(stream, std::move(op));
  std::size_t bytes = 0;
  if (!bytes_of(op.params.extent, &bytes)) return cudaErrorInvalidValue;
  if (bytes > kMostStaged) return submit_and_wait(stream, std::move(op));
  if (!stage_source(op, bytes)) return cudaErrorInvalidValue;
  return submit(stream, std::move(op));
}

cudaError_t check_peers(int target_device, int source_device) {
  return target_device == 0 && source_device == 0 ? cudaSuccess : cudaErrorInvalidDevice;
}

}  // namespace hostcuda
