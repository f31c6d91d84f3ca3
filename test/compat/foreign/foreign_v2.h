// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The binary shape of version 2 plugins with dynamic shapes, written down a second time: thirty
// slots, of which the older generations' stand first.
#pragma once

#include "foreign_interface.h"

namespace foreign {

class OldPlugin {
 public:
  virtual int32_t tag() const { return (3 << 24) | 101600; }
  virtual char const* type() const = 0;
  virtual char const* version() const = 0;
  virtual int32_t outputs() const = 0;
  virtual Extents fixedExtents(int32_t, Extents const*, int32_t) { return {-1, {}}; }
  virtual bool fixedFormat(int32_t, int32_t) const { return false; }
  virtual void configureFixed(Extents const*, int32_t, Extents const*, int32_t, int32_t, int32_t,
                              int32_t) {}
  virtual int32_t initialize() = 0;
  virtual void terminate() = 0;
  virtual size_t fixedWorkspace(int32_t) const { return 0; }
  virtual int32_t enqueueFixed(int32_t, void const* const*, void* const*, void*, void*) {
    return 1;
  }
  virtual size_t serializedSize() const = 0;
  virtual void serialize(void* to) const = 0;
  virtual void destroy() = 0;
  virtual OldPlugin* clone() const = 0;
  virtual void setNameSpace(char const* text) = 0;
  virtual char const* nameSpace() const = 0;
  virtual ~OldPlugin() = default;
  virtual int32_t outputType(int32_t output, int32_t const* types, int32_t count) const = 0;
  virtual bool broadcastOutput(int32_t, bool const*, int32_t) const { return false; }
  virtual bool broadcastInput(int32_t) const { return true; }
  virtual void configureExt(Extents const*, int32_t, Extents const*, int32_t, int32_t const*,
                            int32_t const*, bool const*, bool const*, int32_t, int32_t) {}
  virtual void attach(void* dnn, void* blas, Allocator* allocator) = 0;
  virtual void detach() = 0;
  virtual OpenExtents extents(int32_t output, OpenExtents const* in, int32_t ins,
                              ExpressionBuilder& builder) = 0;
  virtual bool supports(int32_t position, Tensor const* all, int32_t ins, int32_t outs) = 0;
  virtual void configure(OpenTensor const* in, int32_t ins, OpenTensor const* out,
                         int32_t outs) = 0;
  virtual size_t workspace(Tensor const* in, int32_t ins, Tensor const* out,
                           int32_t outs) const = 0;
  virtual int32_t enqueue(Tensor const* in, Tensor const* out, void const* const* inputs,
                          void* const* outputs, void* workspace, void* stream) = 0;
};

class OldCreator : public Versioned {
 public:
  Kind kind() const override { return {"PLUGIN CREATOR_V1", 1, 0}; }
  virtual char const* name() const = 0;
  virtual char const* version() const = 0;
  virtual Fields const* understood() = 0;
  virtual OldPlugin* create(char const* name, Fields const* fields) = 0;
  virtual OldPlugin* deserialize(char const* name, void const* bytes, size_t size) = 0;
  virtual void setNameSpace(char const* text) = 0;
  virtual char const* nameSpace() const = 0;
};

}  // namespace foreign
