// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The smallest C++ quick plugin, for measuring what the engine adds to it: y[0] = x[0] + 1.
#include <tenon/quick_plugin.h>

struct Touch {
  std::string id() const { return "bench::Touch"; }
  void shapes(tenon::quick::Shapes& s) const { s.output(0) = s.input(0); }
  void run(tenon::quick::Call const& call) const {
    call.outputs[0].as<float>()[0] = call.inputs[0].as<float>()[0] + 1;
  }
};
TENON_QUICK_LIBRARY(Touch)
