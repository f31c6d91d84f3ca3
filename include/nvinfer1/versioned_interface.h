// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Root of every object that a user may implement and the library may ask who it is.
#pragma once

#include "nvinfer1/types.h"

namespace nvinfer1 {

/// Name of an interface, a string with static storage.
using InterfaceKind = char const*;

/// Names an interface and its version; compared by text, never by address.
class InterfaceInfo {
 public:
  InterfaceKind kind;
  int32_t major;
  int32_t minor;
};

/// An object that tells which interface it implements. The library casts by this answer and never
/// by dynamic_cast, so users may compile without RTTI.
class IVersionedInterface {
 public:
  /// Language of the implementation; C++ unless a binding overrides it.
  virtual APILanguage getAPILanguage() const noexcept { return APILanguage::kCPP; }

  /// Kind and version of the interface that the object implements.
  virtual InterfaceInfo getInterfaceInfo() const noexcept = 0;

  virtual ~IVersionedInterface() noexcept = default;

 protected:
  IVersionedInterface() = default;
  IVersionedInterface(IVersionedInterface const&) = default;
  IVersionedInterface(IVersionedInterface&&) = default;
  IVersionedInterface& operator=(IVersionedInterface const&) & = default;
  IVersionedInterface& operator=(IVersionedInterface&&) & = default;
};

/// Base of the objects that the library makes: they are neither copied nor moved.
class INoCopy {
 protected:
  INoCopy() = default;
  virtual ~INoCopy() = default;
  INoCopy(INoCopy const&) = delete;
  INoCopy(INoCopy&&) = delete;
  INoCopy& operator=(INoCopy const&) = delete;
  INoCopy& operator=(INoCopy&&) = delete;
};

}  // namespace nvinfer1
