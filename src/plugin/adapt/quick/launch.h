// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// How a kernel inside an engine is launched: what the plugin wrote down, as expressions of the
// extents of its inputs.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/diagnostics.h"
#include "base/result.h"
#include "expr/program.h"
#include "impl/NvInferPythonPlugin.h"

namespace tenon::plugin {

/// Grid, block and shared memory, in this order: gridX, Y, Z, blockX, Y, Z, bytes.
inline constexpr size_t kLaunchNumbers = 7;

/// Compiled. Symbols are the extents of all inputs, one after the other.
struct LaunchProgram {
  struct Extra {
    nvinfer1::PluginArgDataType type = nvinfer1::PluginArgDataType::kINT32;
    expr::Code code;
  };
  std::array<expr::Code, kLaunchNumbers> numbers;
  std::vector<Extra> extras;
};

void write(ByteWriter& writer, const LaunchProgram& program);
/// Reads what write wrote; trusts nothing. `symbols`: how many extents the inputs have together.
Result<LaunchProgram> read_launch(ByteReader& reader, size_t symbols);

/// What getLaunchParams fills in. Valid during one call.
class LaunchSheet final : public nvinfer1::IKernelLaunchParams,
                          private nvinfer1::IKernelLaunchParamsImpl {
 public:
  LaunchSheet() { mImpl = this; }
  /// Null for one that was not set.
  [[nodiscard]] nvinfer1::ISymExpr* operator[](size_t place) const noexcept {
    return given_[place];
  }

 private:
  nvinfer1::ISymExpr* getGridX() noexcept override { return given_[0]; }
  bool setGridX(nvinfer1::ISymExpr* value) noexcept override { return set(0, value); }
  nvinfer1::ISymExpr* getGridY() noexcept override { return given_[1]; }
  bool setGridY(nvinfer1::ISymExpr* value) noexcept override { return set(1, value); }
  nvinfer1::ISymExpr* getGridZ() noexcept override { return given_[2]; }
  bool setGridZ(nvinfer1::ISymExpr* value) noexcept override { return set(2, value); }
  nvinfer1::ISymExpr* getBlockX() noexcept override { return given_[3]; }
  bool setBlockX(nvinfer1::ISymExpr* value) noexcept override { return set(3, value); }
  nvinfer1::ISymExpr* getBlockY() noexcept override { return given_[4]; }
  bool setBlockY(nvinfer1::ISymExpr* value) noexcept override { return set(4, value); }
  nvinfer1::ISymExpr* getBlockZ() noexcept override { return given_[5]; }
  bool setBlockZ(nvinfer1::ISymExpr* value) noexcept override { return set(5, value); }
  nvinfer1::ISymExpr* getSharedMem() noexcept override { return given_[6]; }
  bool setSharedMem(nvinfer1::ISymExpr* value) noexcept override { return set(6, value); }
  bool set(size_t place, nvinfer1::ISymExpr* value) noexcept {
    given_[place] = value;
    return true;
  }

  std::array<nvinfer1::ISymExpr*, kLaunchNumbers> given_{};
};

/// The scalar arguments that getLaunchParams fills in. Valid during one call.
class ArgumentSheet final : public nvinfer1::ISymExprs, private nvinfer1::ISymExprsImpl {
 public:
  ArgumentSheet() { mImpl = this; }
  [[nodiscard]] const std::vector<nvinfer1::ISymExpr*>& given() const noexcept { return given_; }

 private:
  nvinfer1::ISymExpr* getSymExpr(int32_t index) const noexcept override;
  bool setSymExpr(int32_t index, nvinfer1::ISymExpr* symExpr) noexcept override;
  int32_t getNbSymExprs() const noexcept override { return static_cast<int32_t>(given_.size()); }
  bool setNbSymExprs(int32_t count) noexcept override;

  std::vector<nvinfer1::ISymExpr*> given_;
};

/// The program of what a plugin wrote. `plugin`: for messages. `symbols` as above.
Result<LaunchProgram> compile_launch(const LaunchSheet& sheet, const ArgumentSheet& arguments,
                                     const std::string& plugin, size_t symbols, Diagnostics& diag);

}  // namespace tenon::plugin
