// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Pools: where stream-ordered memory comes from and goes back to.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

/// The object behind a cudaMemPool_t. All methods: any thread.
struct CUmemPoolHandle_st {
 public:
  explicit CUmemPoolHandle_st(const cudaMemPoolProps& made_with) : props_(made_with) {}

  /// Memory of at least `size` > 0 bytes, from what is kept or fresh; its bytes come back in
  /// `capacity`. Null when the pool's or the device's limit says no.
  void* take(std::size_t size, std::size_t* capacity);

  /// Takes memory back: it is kept while the pool holds no more than its release threshold.
  void give(void* memory, std::size_t capacity);

  /// Gives kept memory back to the device until at most `keep` bytes are held, or none is kept.
  void trim(std::size_t keep);

  /// cudaMemPoolSetAttribute and cudaMemPoolGetAttribute.
  cudaError_t set(cudaMemPoolAttr attribute, const void* value);
  cudaError_t get(cudaMemPoolAttr attribute, void* value) const;

  /// Marks the pool as destroyed; true when nothing of it is in use, so that it can go.
  bool retire();
  /// Whether it is destroyed and its last memory has come back.
  bool done() const;

 private:
  void trim_locked(std::size_t keep);

  const cudaMemPoolProps props_;
  mutable std::mutex mutex_;
  std::multimap<std::size_t, void*> kept_;  ///< by capacity
  std::uint64_t threshold_ = 0;
  std::uint64_t reserved_ = 0, reserved_high_ = 0;  ///< in use and kept
  std::uint64_t used_ = 0, used_high_ = 0;
  int reuse_[3] = {1, 1, 1};  ///< by event dependency, opportunistic, internal: kept, not needed
  bool retired_ = false;
};

namespace hostcuda {

/// The pool the device began with; never destroyed.
cudaMemPool_t default_pool();

/// The pool that cudaMallocAsync uses, and another in its place.
cudaMemPool_t current_pool();
void use_pool(cudaMemPool_t pool);

/// Whether the handle is a pool of this runtime that is not destroyed.
bool is_pool(cudaMemPool_t pool);

/// A new pool, and the end of one: at once, or with the return of its last memory.
cudaMemPool_t make_pool(const cudaMemPoolProps& props);
void destroy_pool(cudaMemPool_t pool);

/// give(), and the end of a destroyed pool whose last memory this was.
void give_to_pool(cudaMemPool_t pool, void* memory, std::size_t capacity);

/// Destroys all pools but the default one, which is emptied; cudaDeviceReset does, after the
/// memory of all pools has come back.
void reset_pools();

}  // namespace hostcuda
