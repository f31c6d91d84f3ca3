// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Where messages go: implemented by the user, called by the library and by plugins.
#pragma once

#include "nvinfer1/versioned_interface.h"

namespace nvinfer1 {

/// Receives every message. Must be callable from several threads, and must outlive the objects that
/// were created with it. The shape is that of the 10.x interface: `log` is the first virtual
/// method.
class ILogger {
 public:
  enum class Severity : int32_t {
    kINTERNAL_ERROR = 0,  ///< a defect of the library
    kERROR = 1,           ///< a call failed
    kWARNING = 2,         ///< it works, but perhaps not as meant
    kINFO = 3,            ///< worth knowing
    kVERBOSE = 4,         ///< for looking inside
  };

  /// Takes one message. `msg` is valid during the call only.
  virtual void log(Severity severity, AsciiChar const* msg) noexcept = 0;

  ILogger() = default;
  virtual ~ILogger() = default;

 protected:
  ILogger(ILogger const&) = default;
  ILogger(ILogger&&) = default;
  ILogger& operator=(ILogger const&) & = default;
  ILogger& operator=(ILogger&&) & = default;
};

namespace impl {
template <>
struct EnumMaxImpl<ILogger::Severity> {
  static constexpr int32_t kVALUE = 5;
};
}  // namespace impl

/// Handed to a plugin library's `setLoggerFinder`, so that the library can find the logger in use.
class ILoggerFinder {
 public:
  /// The logger of the objects that use the plugin; never null, not owned by the caller.
  virtual ILogger* findLogger() = 0;

 protected:
  virtual ~ILoggerFinder() = default;
};

namespace v_1_0 {
using ILogger = nvinfer1::ILogger;
using ILoggerFinder = nvinfer1::ILoggerFinder;
}  // namespace v_1_0

}  // namespace nvinfer1

/// The logger that builders and runtimes of this process were created with; null before the first.
extern "C" TENSORRTAPI nvinfer1::ILogger* getLogger() noexcept;
