// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The processes that work together, as launchers tell it, and the library that connects their GPUs.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace collective {

/// What a launcher tells a process: its number, how many there are, and where number 0 listens.
struct Place {
  int32_t rank = 0;
  int32_t ranks = 1;
  std::string address;  ///< "host:port"; empty for a single process

  /// From the environment: RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT (torchrun, and whoever
  /// follows it), or the numbers of Open MPI (OMPI_COMM_WORLD_…), PMI (PMI_…) and Slurm (SLURM_…).
  /// The port is the one behind MASTER_PORT, which is the launcher's own, or COLLECTIVE_PORT;
  /// NCCL_COMM_ID says it all. One process where nothing is told. False, with `fault` a sentence,
  /// when what is told makes no sense.
  static bool find(Place& place, std::string& fault);
};

/// The numbers of NCCL's enumerations, as its interface fixes them.
enum class Reduction : int32_t { Sum = 0, Product = 1, Max = 2, Min = 3, Average = 4 };
enum class Element : int32_t {
  Int8 = 0,
  Uint8 = 1,
  Int32 = 2,
  Int64 = 4,
  Float16 = 6,
  Float32 = 7,
  Bfloat16 = 9
};

/// The connection of all processes, made when it is first asked for and kept until the process
/// ends. Asking waits for the others: every process asks, each with its GPU current. Thread-safe;
/// the calls below are put on the stream, by one thread at a time, in the same order everywhere.
/// They return an empty text, or why they cannot.
class World {
 public:
  /// Null, with `fault` a sentence, when the library is not there or does not connect.
  static World* connect(std::string& fault);

  [[nodiscard]] Place const& place() const noexcept { return place_; }

  std::string all_reduce(void const* in, void* out, size_t count, Element element,
                         Reduction reduction, cudaStream_t stream);
  /// `count`: of `in`; `out` has as many for each process, in their order.
  std::string all_gather(void const* in, void* out, size_t count, Element element,
                         cudaStream_t stream);
  /// `count`: of `out`; `in` has as many for each process.
  std::string reduce_scatter(void const* in, void* out, size_t count, Element element,
                             Reduction reduction, cudaStream_t stream);
  std::string broadcast(void const* in, void* out, size_t count, Element element, int32_t root,
                        cudaStream_t stream);

 private:
  World() = default;
  Place place_;
  void* connection_ = nullptr;
};

}  // namespace collective
