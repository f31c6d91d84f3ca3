// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Copies to and from the variables of kernels.
#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/launch/symbols.h"
#include "hostcuda/runtime/memory/copy.h"
#include "hostcuda/runtime/stream/submit.h"

namespace hostcuda {
namespace {

/// The bytes [offset, offset + count) of a symbol.
cudaError_t part_of(const void* symbol, std::size_t offset, std::size_t count, void** part) {
  const Symbol* const known = find_symbol(symbol);
  if (!known) return cudaErrorInvalidSymbol;
  if (offset > known->size || count > known->size - offset) return cudaErrorInvalidValue;
  *part = static_cast<unsigned char*>(known->address) + offset;
  return cudaSuccess;
}

cudaError_t copy_to(const void* symbol, const void* source, std::size_t count, std::size_t offset,
                    cudaMemcpyKind kind, Copy* op) {
  if (kind == cudaMemcpyHostToHost || kind == cudaMemcpyDeviceToHost) {
    return cudaErrorInvalidMemcpyDirection;
  }
  void* part = nullptr;
  if (const cudaError_t error = part_of(symbol, offset, count, &part)) return error;
  *op = linear_copy(part, source, count, kind);
  return cudaSuccess;
}

cudaError_t copy_from(void* target, const void* symbol, std::size_t count, std::size_t offset,
                      cudaMemcpyKind kind, Copy* op) {
  if (kind == cudaMemcpyHostToHost || kind == cudaMemcpyHostToDevice) {
    return cudaErrorInvalidMemcpyDirection;
  }
  void* part = nullptr;
  if (const cudaError_t error = part_of(symbol, offset, count, &part)) return error;
  *op = linear_copy(target, part, count, kind);
  return cudaSuccess;
}

cudaError_t to_now(const void* symbol, const void* source, std::size_t count, std::size_t offset,
                   cudaMemcpyKind kind, cudaStream_t stream) {
  return guarded([&] {
    Copy op;
    const cudaError_t error = copy_to(symbol, source, count, offset, kind, &op);
    return error ? error : copy_now(std::move(op), stream);
  });
}

cudaError_t from_now(void* target, const void* symbol, std::size_t count, std::size_t offset,
                     cudaMemcpyKind kind, cudaStream_t stream) {
  return guarded([&] {
    Copy op;
    const cudaError_t error = copy_from(target, symbol, count, offset, kind, &op);
    return error ? error : copy_now(std::move(op), stream);
  });
}

}  // namespace
}  // namespace hostcuda

using namespace hostcuda;

HOSTCUDA_API cudaError_t cudaMemcpyToSymbol(const void* symbol, const void* source, size_t count,
                                            size_t offset, cudaMemcpyKind kind) {
  return to_now(symbol, source, count, offset, kind, nullptr);
}

HOSTCUDA_API cudaError_t cudaMemcpyToSymbol_ptds(const void* symbol, const void* source,
                                                 size_t count, size_t offset, cudaMemcpyKind kind) {
  return to_now(symbol, source, count, offset, kind, cudaStreamPerThread);
}

HOSTCUDA_API cudaError_t cudaMemcpyFromSymbol(void* target, const void* symbol, size_t count,
                                              size_t offset, cudaMemcpyKind kind) {
  return from_now(target, symbol, count, offset, kind, nullptr);
}

HOSTCUDA_API cudaError_t cudaMemcpyFromSymbol_ptds(void* target, const void* symbol, size_t count,
                                                   size_t offset, cudaMemcpyKind kind) {
  return from_now(target, symbol, count, offset, kind, cudaStreamPerThread);
}

HOSTCUDA_API cudaError_t cudaMemcpyToSymbolAsync(const void* symbol, const void* source,
                                                 size_t count, size_t offset, cudaMemcpyKind kind,
                                                 cudaStream_t stream) {
  return guarded([&] {
    Copy op;
    const cudaError_t error = copy_to(symbol, source, count, offset, kind, &op);
    return error ? error : copy_later(std::move(op), stream);
  });
}

HOSTCUDA_API cudaError_t cudaMemcpyToSymbolAsync_ptsz(const void* symbol, const void* source,
                                                      size_t count, size_t offset,
                                                      cudaMemcpyKind kind, cudaStream_t stream) {
  return cudaMemcpyToSymbolAsync(symbol, source, count, offset, kind, per_thread(stream));
}

HOSTCUDA_API cudaError_t cudaMemcpyFromSymbolAsync(void* target, const void* symbol, size_t count,
                                                   size_t offset, cudaMemcpyKind kind,
                                                   cudaStream_t stream) {
  return guarded([&] {
    Copy op;
    const cudaError_t error = copy_from(target, symbol, count, offset, kind, &op);
    return error ? error : copy_later(std::move(op), stream);
  });
}

HOSTCUDA_API cudaError_t cudaMemcpyFromSymbolAsync_ptsz(void* target, const void* symbol,
                                                        size_t count, size_t offset,
                                                        cudaMemcpyKind kind, cudaStream_t stream) {
  return cudaMemcpyFromSymbolAsync(target, symbol, count, offset, kind, per_thread(stream));
}
