// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Quick plugins: an operator in a few lines, as a version 3 plugin of any library of this
// interface.
//
// An operator is a struct; what it does not say has a default (tenon/quick/operator.h):
//
//     struct Scale {
//       float factor = 2;
//       std::string id() const { return "acme::Scale"; }
//       template <class Visitor> void attributes(Visitor& visit) { visit("factor", factor); }
//       void shapes(tenon::quick::Shapes& s) const { s.output(0) = s.input(0); }
//       void run(tenon::quick::Call const& call) const { ... }
//     };
//     TENON_QUICK_LIBRARY(Scale)               // a plugin library, or
//     bool const kAdded = tenon::quick::add<Scale>();  // a program's own plugin
//
// or a chain of functions (tenon/quick/chain.h). Header-only, C++17, exceptions on; needs nothing
// but the interface. Compiled with TENON_QUICK_SAFE, a file with TENON_QUICK_LIBRARY makes a
// library of plugins for safe engines instead.
#pragma once

#if defined(TENON_QUICK_SAFE)
#include "tenon/quick/safe_library.h"
#define TENON_QUICK_LIBRARY(...) TENON_QUICK_SAFE_LIBRARY(__VA_ARGS__)
#else
#include "tenon/quick/chain.h"
#include "tenon/quick/creator.h"
#endif
