// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// From a plugin's expressions to code, and code as bytes.
#include "plugin/adapt/quick/launch.h"

#include "plugin/adapt/expressions.h"

namespace tenon::plugin {

namespace {

using nvinfer1::ISymExpr;
using nvinfer1::PluginArgDataType;

constexpr int32_t kMaxArguments = 256;
constexpr uint32_t kMaxCode = 4096;  ///< words
constexpr const char* kNumberNames[kLaunchNumbers] = {"grid_x",  "grid_y",  "grid_z",    "block_x",
                                                      "block_y", "block_z", "shared_mem"};

bool is_known(PluginArgDataType type) {
  return type == PluginArgDataType::kINT8 || type == PluginArgDataType::kINT16 ||
         type == PluginArgDataType::kINT32;
}

void write_code(ByteWriter& writer, const expr::Code& code) {
  writer.put(static_cast<uint32_t>(code.size()));
  for (const int64_t word : code) writer.put(word);
}

Result<expr::Code> read_code(ByteReader& reader, size_t symbols) {
  const Status cut{Code::InvalidPlan, "the launch of a kernel in the engine is cut short"};
  const auto count = reader.take<uint32_t>();
  if (!reader.ok() || count > kMaxCode) return cut;
  expr::Code code;
  for (uint32_t i = 0; i < count; ++i) code.push_back(reader.take<int64_t>());
  if (!reader.ok()) return cut;
  TENON_TRY(expr::verify(code, symbols));
  return code;
}

Result<expr::Code> compile_one(ISymExpr& value, const std::string& what, size_t symbols,
                               Diagnostics& diag) {
  auto* expression = static_cast<nvinfer1::IDimensionExpr*>(value.getExpr());
  if (expression == nullptr) {
    return diag.fail(Code::Plugin, "{} has no expression: ISymExpr::getExpr() gives null", what);
  }
  const auto code = expr::compile(ExprFactory::get(*expression));
  if (!code || code->size() > kMaxCode) {
    return diag.fail(Code::Unsupported, "the expression of {} is too large", what);
  }
  if (!expr::verify(*code, symbols).ok()) {
    return diag.fail(Code::Plugin,
                     "{} depends on something other than the extents of the inputs, and nothing "
                     "else is known before the kernel runs",
                     what);
  }
  return *code;
}

}  // namespace

ISymExpr* ArgumentSheet::getSymExpr(int32_t index) const noexcept {
  const auto place = static_cast<size_t>(index);
  return index < 0 || place >= given_.size() ? nullptr : given_[place];
}

bool ArgumentSheet::setSymExpr(int32_t index, ISymExpr* symExpr) noexcept {
  const auto place = static_cast<size_t>(index);
  if (index < 0 || place >= given_.size()) return false;
  given_[place] = symExpr;
  return true;
}

bool ArgumentSheet::setNbSymExprs(int32_t count) noexcept {
  if (count < 0 || count > kMaxArguments) return false;
  given_.assign(static_cast<size_t>(count), nullptr);
  return true;
}

Result<LaunchProgram> compile_launch(const LaunchSheet& sheet, const ArgumentSheet& arguments,
                                     const std::string& plugin, size_t symbols, Diagnostics& diag) {
  LaunchProgram program;
  for (size_t i = 0; i < kLaunchNumbers; ++i) {
    if (sheet[i] == nullptr) {
      program.numbers[i] = *expr::compile(expr::Expr(i < kLaunchNumbers - 1 ? 1 : 0));
      continue;
    }
    const std::string what = fmt::format("{} of the kernel of plugin {}", kNumberNames[i], plugin);
    TENON_ASSIGN(program.numbers[i], compile_one(*sheet[i], what, symbols, diag));
  }
  for (size_t i = 0; i < arguments.given().size(); ++i) {
    ISymExpr* value = arguments.given()[i];
    const std::string what =
        fmt::format("scalar argument {} of the kernel of plugin {}", i, plugin);
    if (value == nullptr) return diag.fail(Code::Plugin, "{} was never set", what);
    const PluginArgDataType type = value->getDataType();
    if (value->getType() != nvinfer1::PluginArgType::kINT || !is_known(type)) {
      return diag.fail(Code::Unsupported,
                       "{} is of a type that is not known: integers of 8, 16 "
                       "and 32 bits are",
                       what);
    }
    TENON_ASSIGN(expr::Code code, compile_one(*value, what, symbols, diag));
    program.extras.push_back({type, std::move(code)});
  }
  return program;
}

void write(ByteWriter& writer, const LaunchProgram& program) {
  for (const expr::Code& code : program.numbers) write_code(writer, code);
  writer.put(static_cast<uint32_t>(program.extras.size()));
  for (const LaunchProgram::Extra& extra : program.extras) {
    writer.put(static_cast<int32_t>(extra.type));
    write_code(writer, extra.code);
  }
}

Result<LaunchProgram> read_launch(ByteReader& reader, size_t symbols) {
  LaunchProgram program;
  for (expr::Code& code : program.numbers) {
    TENON_ASSIGN(code, read_code(reader, symbols));
  }
  const auto count = reader.take<uint32_t>();
  if (!reader.ok() || count > static_cast<uint32_t>(kMaxArguments)) {
    return Status{Code::InvalidPlan, "a kernel in the engine has too many scalar arguments"};
  }
  for (uint32_t i = 0; i < count; ++i) {
    LaunchProgram::Extra extra;
    extra.type = static_cast<PluginArgDataType>(reader.take<int32_t>());
    if (!is_known(extra.type)) {
      return Status{Code::InvalidPlan, "a scalar argument of a kernel is of no known type"};
    }
    TENON_ASSIGN(extra.code, read_code(reader, symbols));
    program.extras.push_back(std::move(extra));
  }
  return program;
}

}  // namespace tenon::plugin
