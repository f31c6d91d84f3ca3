// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// Ports that are not what a kernel was made for are refused in words.
#include "kernel/ports.h"

#include <gmock/gmock.h>

namespace tenon::kernel {
namespace {

using testing::HasSubstr;

class Ports : public testing::Test {
 protected:
  Ports() { record_.family = "simd", record_.name = "sum", record_.node_name = "add"; }

  std::string refusal() {
    CollectingSink sink;
    Diagnostics diag(sink);
    record_.inputs = inputs_;
    record_.outputs = outputs_;
    const Status status =
        expect_ports(record_, {Wanted{}, std::nullopt, Wanted{DType::I8, Layout::hwc()}}, {}, diag);
    EXPECT_EQ(status.ok(), sink.errors().empty());
    return sink.errors();
  }

  RecordView record_;
  std::vector<TensorDesc> inputs_ = {
      {DType::F32, {}, {2, 3}, 0}, {}, {DType::I8, Layout::hwc(), {1, 2, 3, 4}, 0}};
  std::vector<TensorDesc> outputs_ = {{DType::F32, {}, {2, 3}, 0}};
};

TEST_F(Ports, AreTakenWhenTheyAreWhatTheKernelWasMadeFor) { EXPECT_EQ(refusal(), ""); }

TEST_F(Ports, MayBeWhatTheyLikeWhereNothingIsRead) {
  inputs_[1] = {DType::U8, Layout::chw(16), {2, 2}, 0};
  EXPECT_EQ(refusal(), "");
}

TEST_F(Ports, AreRefusedWhenMissing) {
  inputs_[0] = {};
  EXPECT_THAT(refusal(), HasSubstr("layer 'add': kernel simd/sum needs input 0"));
  inputs_ = {{DType::F32, {}, {}, 0}};
  EXPECT_THAT(refusal(), HasSubstr("needs input 2"));
}

TEST_F(Ports, AreRefusedInAnotherTypeOrLayout) {
  inputs_[2].dtype = DType::F32;
  EXPECT_THAT(refusal(),
              HasSubstr("made for input 2 of type i8 (hwc), but the engine gives it f32"));
  inputs_[2] = {DType::I8, {}, {1, 2, 3, 4}, 0};
  EXPECT_THAT(refusal(), HasSubstr("i8 (linear) of 4 axes"));
  inputs_[2] = {DType::I8, Layout::hwc(), {4}, 0};
  EXPECT_THAT(refusal(), HasSubstr("i8 (hwc) of 1 axes"));
  inputs_[2] = {DType::I8, Layout::hwc(), {1, 2, 3, 4}, 0};
  outputs_[0].layout.private_id = 7;
  EXPECT_THAT(refusal(), HasSubstr("made for output 0 of type f32 (linear)"));
}

TEST_F(Ports, AreRefusedWhenThereAreTooMany) {
  inputs_.resize(4);
  EXPECT_THAT(refusal(), HasSubstr("at most 3 inputs"));
  inputs_.resize(3);
  outputs_.resize(2);
  EXPECT_THAT(refusal(), HasSubstr("the engine has 3 and 2"));
}

}  // namespace
}  // namespace tenon::kernel
