// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// User objects and the calls on them.
#include "hostcuda/runtime/graph/user_object.h"

#include <algorithm>

#include "hostcuda/runtime/error/error.h"
#include "hostcuda/runtime/graph/graph.h"

namespace hostcuda {

Registry<UserObject>& user_objects() {
  static Registry<UserObject>& registry = *new Registry<UserObject>;
  return registry;
}

void retain(UserObject& object, unsigned int count) { object.references += count; }

cudaError_t release(const std::shared_ptr<UserObject>& object, unsigned int count) {
  unsigned int held = object->references;
  do {
    if (count > held) {
      return cudaErrorInvalidValue;
    }
  } while (!object->references.compare_exchange_weak(held, held - count));
  if (held == count) {
    user_objects().remove(object->handle);
    const HostFunctionScope scope;
    object->destroy(object->pointer);
  }
  return cudaSuccess;
}

namespace {

cudaError_t create(cudaUserObject_t* out, void* pointer, cudaHostFn_t destroy,
                   unsigned int references, unsigned int flags) {
  if (out == nullptr || destroy == nullptr || references == 0 || references > INT32_MAX ||
      flags != cudaUserObjectNoDestructorSync) {
    return cudaErrorInvalidValue;
  }
  const auto object = std::make_shared<UserObject>();
  object->pointer = pointer;
  object->destroy = destroy;
  object->references = references;
  object->handle = static_cast<cudaUserObject_t>(user_objects().add(object));
  *out = object->handle;
  return cudaSuccess;
}

/// Finds both; cudaErrorInvalidValue for a dead handle or no count.
cudaError_t find(cudaGraph_t graph, cudaUserObject_t object, unsigned int count,
                 std::shared_ptr<Graph>& found, std::shared_ptr<UserObject>& held) {
  found = graphs().find(graph);
  held = user_objects().find(object);
  return found == nullptr || held == nullptr || count == 0 ? cudaErrorInvalidValue : cudaSuccess;
}

cudaError_t retain_in_graph(cudaGraph_t graph, cudaUserObject_t object, unsigned int count,
                            unsigned int flags) {
  std::shared_ptr<Graph> found;
  std::shared_ptr<UserObject> held;
  const std::lock_guard lock(graph_mutex());
  if (find(graph, object, count, found, held) != cudaSuccess ||
      (flags & ~cudaGraphUserObjectMove) != 0) {
    return cudaErrorInvalidValue;
  }
  if (flags == 0) {
    retain(*held, count);
  }
  found->objects.push_back({held, count});
  return cudaSuccess;
}

cudaError_t release_in_graph(cudaGraph_t graph, cudaUserObject_t object, unsigned int count) {
  std::shared_ptr<Graph> found;
  std::shared_ptr<UserObject> held;
  const std::lock_guard lock(graph_mutex());
  if (const cudaError_t error = find(graph, object, count, found, held); error != cudaSuccess) {
    return error;
  }
  unsigned int there = 0;
  for (const Retained& retained : found->objects) {
    there += retained.object == held ? retained.count : 0;
  }
  if (there < count) {
    return cudaErrorInvalidValue;
  }
  std::erase_if(found->objects, [&](const Retained& retained) { return retained.object == held; });
  if (there > count) {
    found->objects.push_back({held, there - count});
  }
  return release(held, count);
}

}  // namespace
}  // namespace hostcuda

HOSTCUDA_API cudaError_t cudaUserObjectCreate(cudaUserObject_t* object, void* pointer,
                                              cudaHostFn_t destroy, unsigned int initial_refcount,
                                              unsigned int flags) {
  return hostcuda::guarded(
      [&] { return hostcuda::create(object, pointer, destroy, initial_refcount, flags); });
}

HOSTCUDA_API cudaError_t cudaUserObjectRetain(cudaUserObject_t object, unsigned int count) {
  return hostcuda::guarded([&] {
    const auto found = hostcuda::user_objects().find(object);
    if (found == nullptr || count == 0) {
      return cudaErrorInvalidValue;
    }
    hostcuda::retain(*found, count);
    return cudaSuccess;
  });
}

HOSTCUDA_API cudaError_t cudaUserObjectRelease(cudaUserObject_t object, unsigned int count) {
  return hostcuda::guarded([&] {
    const auto found = hostcuda::user_objects().find(object);
    return found == nullptr || count == 0 ? cudaErrorInvalidValue : hostcuda::release(found, count);
  });
}

HOSTCUDA_API cudaError_t cudaGraphRetainUserObject(cudaGraph_t graph, cudaUserObject_t object,
                                                   unsigned int count, unsigned int flags) {
  return hostcuda::guarded([&] { return hostcuda::retain_in_graph(graph, object, count, flags); });
}

HOSTCUDA_API cudaError_t cudaGraphReleaseUserObject(cudaGraph_t graph, cudaUserObject_t object,
                                                    unsigned int count) {
  return hostcuda::guarded([&] { return hostcuda::release_in_graph(graph, object, count); });
}
