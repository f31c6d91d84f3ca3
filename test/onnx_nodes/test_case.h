// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// One folder of ONNX's backend tests: a model, and inputs with the outputs they must give.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "ir/graph.h"

namespace tenon::onnx_nodes {

/// Inputs and outputs of one run, in the model's order.
struct DataSet {
  std::filesystem::path folder;
  std::vector<ops::ConstantRef> inputs, outputs;
};

/// Reads input_<i>.pb and output_<i>.pb of a folder test_data_set_<n>.
Result<DataSet> read_data_set(const std::filesystem::path& folder, Diagnostics& diag);

/// The folders test_data_set_<n> of a test, in order.
std::vector<std::filesystem::path> data_sets_of(const std::filesystem::path& test);

/// `model` with the numbers of the data set's inputs at `positions` as initializers, which makes
/// constants of these inputs.
std::string with_fixed_inputs(std::string_view model, const DataSet& data,
                              const std::vector<size_t>& positions);

}  // namespace tenon::onnx_nodes
