// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Reads what launchers tell, opens NCCL, connects.
#include "world.h"

#include <dlfcn.h>

#include <charconv>
#include <cstdlib>
#include <cstring>
#include <mutex>

namespace collective {

namespace {

char const* told(char const* name) {
  char const* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? nullptr : text;
}

/// False when the variable is there and holds no number from `low` on.
bool number(char const* name, int32_t low, int32_t& value, std::string& fault) {
  char const* text = told(name);
  if (text == nullptr) return true;
  char const* end = text + std::strlen(text);
  auto const [at, error] = std::from_chars(text, end, value);
  if (error == std::errc{} && at == end && value >= low) return true;
  fault = std::string(name) + " is \"" + text + "\", which is no number from " +
          std::to_string(low) + " on";
  return false;
}

struct Names {
  char const *rank, *ranks;
};
constexpr Names kLaunchers[] = {{"RANK", "WORLD_SIZE"},
                                {"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"},
                                {"PMI_RANK", "PMI_SIZE"},
                                {"SLURM_PROCID", "SLURM_NTASKS"}};

// NCCL's interface, as far as it is needed.
struct UniqueId {
  char bytes[128];
};
struct Library {
  int (*ncclGetUniqueId)(UniqueId*) = nullptr;
  int (*ncclCommInitRank)(void**, int, UniqueId, int) = nullptr;
  char const* (*ncclGetErrorString)(int) = nullptr;
  int (*ncclAllReduce)(void const*, void*, size_t, int, int, void*, cudaStream_t) = nullptr;
  int (*ncclAllGather)(void const*, void*, size_t, int, void*, cudaStream_t) = nullptr;
  int (*ncclReduceScatter)(void const*, void*, size_t, int, int, void*, cudaStream_t) = nullptr;
  int (*ncclBroadcast)(void const*, void*, size_t, int, int, void*, cudaStream_t) = nullptr;
};

template <class Function>
bool load(void* handle, char const* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(handle, name));
  return function != nullptr;
}

bool open(Library& library, std::string& fault) {
  void* handle = dlopen("libnccl.so.2", RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    fault = std::string("NCCL cannot be opened: ") + dlerror() +
            "; install it, or name its folder in LD_LIBRARY_PATH";
    return false;
  }
  bool const whole = load(handle, "ncclGetUniqueId", library.ncclGetUniqueId) &&
                     load(handle, "ncclCommInitRank", library.ncclCommInitRank) &&
                     load(handle, "ncclGetErrorString", library.ncclGetErrorString) &&
                     load(handle, "ncclAllReduce", library.ncclAllReduce) &&
                     load(handle, "ncclAllGather", library.ncclAllGather) &&
                     load(handle, "ncclReduceScatter", library.ncclReduceScatter) &&
                     load(handle, "ncclBroadcast", library.ncclBroadcast);
  if (!whole) fault = "libnccl.so.2 lacks a function that collectives need";
  return whole;
}

Library& library() {
  static Library one;
  return one;
}

std::string words(char const* what, int code) {
  if (code == 0) return {};
  return std::string(what) + ": " + library().ncclGetErrorString(code);
}

/// The library takes the address from NCCL_COMM_ID, so no process has to hand an identifier to the
/// others. The variable is taken back, since other users of the library would read it too.
class Address {
 public:
  explicit Address(std::string const& address) : set_(!address.empty() && !told("NCCL_COMM_ID")) {
    if (set_) setenv("NCCL_COMM_ID", address.c_str(), 1);
  }
  ~Address() {
    if (set_) unsetenv("NCCL_COMM_ID");
  }
  Address(Address const&) = delete;
  Address& operator=(Address const&) = delete;

 private:
  bool set_;
};

}  // namespace

bool Place::find(Place& place, std::string& fault) {
  place = {};
  for (Names const& names : kLaunchers) {
    if (told(names.rank) == nullptr || told(names.ranks) == nullptr) continue;
    if (!number(names.rank, 0, place.rank, fault) || !number(names.ranks, 1, place.ranks, fault)) {
      return false;
    }
    break;
  }
  if (place.rank >= place.ranks) {
    fault = "this is process " + std::to_string(place.rank) + " of " + std::to_string(place.ranks) +
            ", counted from 0";
    return false;
  }
  if (place.ranks == 1) return true;
  if (char const* all = told("NCCL_COMM_ID")) {
    place.address = all;
    return true;
  }
  constexpr int32_t kLaunchersPort = 29500;  // torchrun's, unless it is told another
  int32_t port = kLaunchersPort;
  if (!number("MASTER_PORT", 1, port, fault)) return false;
  ++port;
  if (!number("COLLECTIVE_PORT", 1, port, fault)) return false;
  char const* host = told("MASTER_ADDR");
  place.address = std::string(host == nullptr ? "127.0.0.1" : host) + ":" + std::to_string(port);
  return true;
}

World* World::connect(std::string& fault) {
  static std::mutex mutex;
  static World world;
  std::lock_guard const lock(mutex);
  if (world.connection_ != nullptr) return &world;
  if (!Place::find(world.place_, fault) || !open(library(), fault)) return nullptr;
  Address const address(world.place_.address);
  UniqueId id{};
  fault = words("ncclGetUniqueId", library().ncclGetUniqueId(&id));
  if (!fault.empty()) return nullptr;
  void* connection = nullptr;
  fault = words("ncclCommInitRank",
                library().ncclCommInitRank(&connection, world.place_.ranks, id, world.place_.rank));
  if (!fault.empty()) return nullptr;
  world.connection_ = connection;
  return &world;
}

std::string World::all_reduce(void const* in, void* out, size_t count, Element element,
                              Reduction reduction, cudaStream_t stream) {
  return words("ncclAllReduce",
               library().ncclAllReduce(in, out, count, static_cast<int>(element),
                                       static_cast<int>(reduction), connection_, stream));
}

std::string World::all_gather(void const* in, void* out, size_t count, Element element,
                              cudaStream_t stream) {
  return words("ncclAllGather", library().ncclAllGather(in, out, count, static_cast<int>(element),
                                                        connection_, stream));
}

std::string World::reduce_scatter(void const* in, void* out, size_t count, Element element,
                                  Reduction reduction, cudaStream_t stream) {
  return words("ncclReduceScatter",
               library().ncclReduceScatter(in, out, count, static_cast<int>(element),
                                           static_cast<int>(reduction), connection_, stream));
}

std::string World::broadcast(void const* in, void* out, size_t count, Element element, int32_t root,
                             cudaStream_t stream) {
  return words("ncclBroadcast", library().ncclBroadcast(in, out, count, static_cast<int>(element),
                                                        root, connection_, stream));
}

}  // namespace collective
