// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Functions by their names, as clients without a link to this library ask for them.
#include <cstring>

#include "hostcuda/driver/per_thread.h"
#include "hostcuda/driver/refused.h"

using namespace hostcuda::driver;  // NOLINT(google-build-using-namespace): the calls are C's

#undef cuGetProcAddress

HOSTCUDA_DRIVER_API CUresult cuGetProcAddress(const char* symbol, void** function, int cuda_version,
                                              cuuint64_t flags);

namespace {

struct Served {
  const char* name;
  int version;
  void* function;
  void* per_thread;
};

const std::vector<Served>& served_calls() {
  static const auto* const all = new std::vector<Served>{
#define SERVED(name, version, symbol) \
  {#name, version, reinterpret_cast<void*>(&symbol), reinterpret_cast<void*>(&symbol)},
#define TWIN(name, version, symbol, own_form) \
  {#name, version, reinterpret_cast<void*>(&symbol), reinterpret_cast<void*>(&own_form)},
#include "hostcuda/driver/served.def"
  };
  return *all;
}

struct Found {
  void* function = nullptr;
  CUdriverProcAddressQueryResult status = CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
};

/// The newest form of `symbol` that was there in `cuda_version`.
Found find(const char* symbol, int cuda_version, bool per_thread) {
  Found found;
  int newest = 0;
  for (const Served& row : served_calls()) {
    if (std::strcmp(row.name, symbol) != 0) {
      continue;
    }
    if (row.version <= cuda_version && row.version > newest) {
      newest = row.version;
      found = {per_thread ? row.per_thread : row.function, CU_GET_PROC_ADDRESS_SUCCESS};
    } else if (found.function == nullptr) {
      found.status = CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT;
    }
  }
  if (found.status != CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND) {
    return found;
  }
  for (const Refused& row : refused_calls()) {
    if (std::strcmp(row.name, symbol) == 0) {
      return {row.function, CU_GET_PROC_ADDRESS_SUCCESS};
    }
  }
  return found;
}

CUresult look_up(const char* symbol, int cuda_version, cuuint64_t flags, Found* found) {
  constexpr cuuint64_t kKnown =
      CU_GET_PROC_ADDRESS_LEGACY_STREAM | CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;
  int newest = 0;
  if (const CUresult asked = cuDriverGetVersion(&newest); asked != CUDA_SUCCESS) {
    return asked;
  }
  if (symbol == nullptr || (flags & ~kKnown) != 0 || flags == kKnown || cuda_version > newest) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  *found = find(symbol, cuda_version, flags == CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM);
  return CUDA_SUCCESS;
}

}  // namespace

HOSTCUDA_DRIVER_API CUresult cuGetProcAddress_v2(const char* symbol, void** function,
                                                 int cuda_version, cuuint64_t flags,
                                                 CUdriverProcAddressQueryResult* status) {
  if (function == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  Found found;
  const CUresult looked = look_up(symbol, cuda_version, flags, &found);
  *function = found.function;
  if (status != nullptr) {
    *status = found.status;
  }
  return looked;
}

/// The form before 12.0, which tells a missing name by its code.
HOSTCUDA_DRIVER_API CUresult cuGetProcAddress(const char* symbol, void** function, int cuda_version,
                                              cuuint64_t flags) {
  const CUresult looked = cuGetProcAddress_v2(symbol, function, cuda_version, flags, nullptr);
  return looked == CUDA_SUCCESS && *function == nullptr ? CUDA_ERROR_NOT_FOUND : looked;
}

HOSTCUDA_DRIVER_API CUresult cuGetExportTable(const void** table, const CUuuid* id) {
  if (table == nullptr || id == nullptr) {
    return CUDA_ERROR_INVALID_VALUE;
  }
  *table = nullptr;
  return refuse("cuGetExportTable",
                "was asked for a private table: a CUDA runtime linked into this program cannot run "
                "on a CPU; let it call libcudart.so of hostcuda",
                CUDA_ERROR_NOT_FOUND);
}
