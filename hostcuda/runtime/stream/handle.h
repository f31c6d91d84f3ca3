// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Handles of streams, events and graphs: values that are looked up and never dereferenced.
#pragma once

#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <vector>

namespace hostcuda {

/// A value in address space set aside for handles: no object of the program lies there, and none is
/// given twice, so that a stale handle is always known for one. Any thread.
void* new_handle();

/// The live objects of one kind, by handle. Any thread.
template <typename T>
class Registry {
 public:
  /// Shared ownership of the object behind `handle`, or null.
  std::shared_ptr<T> find(const void* handle) const {
    const std::shared_lock lock(mutex_);
    const auto found = live_.find(handle);
    return found == live_.end() ? nullptr : found->second;
  }

  /// Gives `object` a handle.
  void* add(std::shared_ptr<T> object) {
    void* const handle = new_handle();
    const std::unique_lock lock(mutex_);
    live_.emplace(handle, std::move(object));
    return handle;
  }

  /// Ends `handle`; returns the object it named, or null.
  std::shared_ptr<T> remove(const void* handle) {
    const std::unique_lock lock(mutex_);
    const auto found = live_.find(handle);
    if (found == live_.end()) {
      return nullptr;
    }
    const std::shared_ptr<T> object = std::move(found->second);
    live_.erase(found);
    return object;
  }

  std::vector<std::shared_ptr<T>> all() const {
    const std::shared_lock lock(mutex_);
    std::vector<std::shared_ptr<T>> objects;
    objects.reserve(live_.size());
    for (const auto& [handle, object] : live_) {
      objects.push_back(object);
    }
    return objects;
  }

 private:
  mutable std::shared_mutex mutex_;
  std::unordered_map<const void*, std::shared_ptr<T>> live_;
};

}  // namespace hostcuda
