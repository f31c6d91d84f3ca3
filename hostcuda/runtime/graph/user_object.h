// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Objects of the program that live as long as somebody holds a reference.
#pragma once

#include <atomic>
#include <memory>

#include "hostcuda/runtime/stream/handle.h"
#include "hostcuda/runtime/stream/operation.h"

namespace hostcuda {

struct UserObject {
  void* pointer = nullptr;
  cudaHostFn_t destroy = nullptr;
  std::atomic<unsigned int> references = 0;
  cudaUserObject_t handle = nullptr;
};

Registry<UserObject>& user_objects();

void retain(UserObject& object, unsigned int count);

/// Destroys the object with its last reference. Errors: cudaErrorInvalidValue for more than there
/// are.
cudaError_t release(const std::shared_ptr<UserObject>& object, unsigned int count);

}  // namespace hostcuda
