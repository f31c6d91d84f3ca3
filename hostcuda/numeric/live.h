// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The objects of one type that programs hold handles to: a handle is looked up, never trusted.
#pragma once

#include <memory>
#include <mutex>
#include <new>
#include <unordered_set>

namespace hostcuda {

/// Objects of one type by their address. Any thread; an object itself is used by one at a time.
template <typename Object>
class Live {
 public:
  /// The one set of this type. It outlives every user: programs destroy handles from static
  /// destructors.
  static Live& all() {
    static Live& set = *new Live;
    return set;
  }

  /// A new object, value-initialised; the caller gives it back to destroy(). Null when memory ran
  /// out.
  Object* create() noexcept {
    try {
      auto made = std::make_unique<Object>();
      const std::lock_guard lock(mutex_);
      objects_.insert(made.get());
      return made.release();
    } catch (const std::bad_alloc&) {
      return nullptr;
    }
  }

  /// Is `object`, which may be any value, there?
  bool contains(const Object* object) noexcept {
    const std::lock_guard lock(mutex_);
    return objects_.count(const_cast<Object*>(object)) != 0;
  }

  /// Ends `object`; false when there is no such one.
  bool destroy(Object* object) noexcept {
    {
      const std::lock_guard lock(mutex_);
      if (objects_.erase(object) == 0) {
        return false;
      }
    }
    delete object;
    return true;
  }

 private:
  std::mutex mutex_;
  std::unordered_set<Object*> objects_;
};

}  // namespace hostcuda
