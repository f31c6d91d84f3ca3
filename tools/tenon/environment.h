// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Settings that the library reads from the environment, for a while.
#pragma once

#include <cstdlib>
#include <string>

namespace tenon::command {

/// While it lives, an environment variable has this value.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    const char* before = std::getenv(name);
    if (before != nullptr) before_ = before;
    was_set_ = before != nullptr;
    ::setenv(name, value, 1);
  }
  ~Variable() {
    if (was_set_) {
      ::setenv(name_, before_.c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string before_;
  bool was_set_ = false;
};

}  // namespace tenon::command
