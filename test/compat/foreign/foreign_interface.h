// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The binary shape of the 10.x plugin interface, written down a second time from its description:
// no header of include/, no common name. Virtual methods stand in the order of their slots.
#pragma once

#include <cstddef>
#include <cstdint>

namespace foreign {

struct Kind {
  char const* text;
  int32_t major, minor;
};

class Versioned {
 public:
  virtual int32_t language() const { return 0; }
  virtual Kind kind() const = 0;
  virtual ~Versioned() = default;
};

struct Extents {
  int32_t rank;
  int64_t at[8];
};

struct Tensor {
  Extents extents;
  int32_t type, format;
  float scale;
};

struct OpenTensor {
  Tensor now;
  Extents least, greatest, usual;
};

struct Field {
  char const* name;
  void const* data;
  int32_t type, length;
};

struct Fields {
  int32_t count;
  Field const* list;
};

/// What stands behind an expression and its builder.
class ExpressionBody {
 public:
  virtual ~ExpressionBody() = default;
  virtual bool isConstant() const = 0;
  virtual int64_t constant() const = 0;
  virtual bool isSizeTensor() const = 0;
};

struct Expression {
  void const* virtualTable;
  ExpressionBody* body;
};

class BuilderBody {
 public:
  virtual ~BuilderBody() = default;
  virtual Expression const* constant(int64_t value) = 0;
  virtual Expression const* operation(int32_t op, Expression const& a, Expression const& b) = 0;
  virtual Expression const* sizeTensor(int32_t output, Expression const& usual,
                                       Expression const& most) = 0;
};

struct ExpressionBuilder {
  void const* virtualTable;
  BuilderBody* body;
};

struct OpenExtents {
  int32_t rank;
  Expression const* at[8];
};

class Logger {
 public:
  virtual void log(int32_t severity, char const* text) = 0;
  virtual ~Logger() = default;
};

class LoggerFinder {
 public:
  virtual Logger* find() = 0;
  virtual ~LoggerFinder() = default;
};

class Allocator : public Versioned {
 public:
  virtual void* allocate(uint64_t bytes, uint64_t alignment, uint32_t flags) = 0;
  virtual void* reallocate(void* memory, uint64_t alignment, uint64_t bytes) = 0;
  virtual bool deallocate(void* memory) = 0;
  virtual void* allocateLater(uint64_t bytes, uint64_t alignment, uint32_t flags, void* stream) = 0;
  virtual bool deallocateLater(void* memory, void* stream) = 0;
};

class Surroundings {
 public:
  virtual Allocator* allocator() const = 0;
  virtual void* errorRecorder() const = 0;
  virtual ~Surroundings() = default;
};

class Face : public Versioned {};

class Plugin : public Versioned {
 public:
  Kind kind() const override { return {"PLUGIN", 1, 0}; }
  virtual Face* face(int32_t which) = 0;
  virtual Plugin* clone() = 0;
};

class Core : public Face {
 public:
  Kind kind() const override { return {"PLUGIN_V3ONE_CORE", 1, 0}; }
  virtual char const* name() const = 0;
  virtual char const* version() const = 0;
  virtual char const* nameSpace() const = 0;
};

class Build : public Face {
 public:
  Kind kind() const override { return {"PLUGIN_V3ONE_BUILD", 1, 0}; }
  virtual int32_t configure(OpenTensor const* in, int32_t ins, OpenTensor const* out,
                            int32_t outs) = 0;
  virtual int32_t types(int32_t* out, int32_t outs, int32_t const* in, int32_t ins) const = 0;
  virtual int32_t shapes(OpenExtents const* in, int32_t ins, OpenExtents const* values,
                         int32_t valueCount, OpenExtents* out, int32_t outs,
                         ExpressionBuilder& builder) = 0;
  virtual bool supports(int32_t position, OpenTensor const* all, int32_t ins, int32_t outs) = 0;
  virtual int32_t outputs() const = 0;
  virtual size_t workspace(OpenTensor const*, int32_t, OpenTensor const*, int32_t) const {
    return 0;
  }
  virtual int32_t tactics(int32_t*, int32_t) { return 0; }
  virtual int32_t tacticCount() { return 0; }
  virtual char const* cacheId() { return nullptr; }
  virtual int32_t formatLimit() { return 100; }
  virtual char const* metadata() { return nullptr; }
};

class Runtime : public Face {
 public:
  Kind kind() const override { return {"PLUGIN_V3ONE_RUNTIME", 1, 0}; }
  virtual int32_t setTactic(int32_t) { return 0; }
  virtual int32_t shapesChanged(Tensor const* in, int32_t ins, Tensor const* out, int32_t outs) = 0;
  virtual int32_t enqueue(Tensor const* in, Tensor const* out, void const* const* inputs,
                          void* const* outputs, void* workspace, void* stream) = 0;
  virtual Plugin* attach(Surroundings* surroundings) = 0;
  virtual Fields const* fieldsToSerialize() = 0;
};

class Creator : public Versioned {
 public:
  Kind kind() const override { return {"PLUGIN CREATOR_V3ONE", 1, 0}; }
  virtual Plugin* create(char const* name, Fields const* fields, int32_t phase) = 0;
  virtual Fields const* understood() = 0;
  virtual char const* name() const = 0;
  virtual char const* version() const = 0;
  virtual char const* nameSpace() const = 0;
};

}  // namespace foreign
