// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Listing steps.
#include "api/infer/kernel_text.h"

#include <fmt/format.h>

#include <array>

namespace tenon::api {

namespace {

std::string tensor_text(const plan::View& engine, uint32_t id) {
  static constexpr std::array kPlaces{"input", "output", "arena", "constant", "nowhere"};
  if (id == plan::kNoTensor) return "none";
  const plan::TensorView tensor = engine.tensor(id);
  return fmt::format("\"{}\" {} {} {}@{}+{}", tensor.name, to_string(tensor.dtype),
                     kernel::to_string(tensor.layout), kPlaces[static_cast<size_t>(tensor.place)],
                     tensor.offset, tensor.bytes);
}

std::string list_text(const plan::View& engine, std::span<const uint32_t> ids) {
  std::string text;
  for (const uint32_t id : ids) text += (text.empty() ? "" : ", ") + tensor_text(engine, id);
  return text;
}

}  // namespace

std::string kernel_text(const plan::View& engine) {
  std::string text = fmt::format("engine \"{}\": {} steps, {} bytes of activations\n",
                                 engine.name(), engine.step_count(), engine.arena_bytes());
  for (size_t i = 0; i < engine.step_count(); ++i) {
    const plan::StepView step = engine.step(i);
    text += fmt::format("{}: {}/{}@{} tactic {} \"{}\": ({}) -> ({})", i, step.family, step.kernel,
                        step.version, step.tactic, step.name, list_text(engine, step.inputs),
                        list_text(engine, step.outputs));
    if (step.workspace_bytes > 0) {
      text += fmt::format(", workspace @{}+{}", step.workspace_offset, step.workspace_bytes);
    }
    text += "\n";
  }
  return text;
}

}  // namespace tenon::api
