// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The recorder of fixed memory, alone and behind a graph.
#include "tenon/safe_recorder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "NvInferSafeRuntime.h"

namespace tenon::safe {
namespace {

using nvinfer1::ErrorCode;
using nvinfer2::safe::Severity;

// Shows S-REC-3.
TEST(FixedRecorderTest, KeepsTheFirstErrorsAndCountsTheOthers) {
  FixedRecorder<3, 32> recorder;
  EXPECT_EQ(recorder.getNbErrors(), 0);
  EXPECT_STREQ(recorder.getErrorDesc(0), "");
  EXPECT_EQ(recorder.getErrorCode(0), ErrorCode::kINVALID_ARGUMENT);
  for (int i = 0; i < 5; ++i) {
    const std::string text = "error " + std::to_string(i);
    EXPECT_EQ(recorder.reportError(ErrorCode::kINTERNAL_ERROR, text.c_str()), i < 3);
  }
  EXPECT_EQ(recorder.getNbErrors(), 3);
  EXPECT_EQ(recorder.getNbLost(), 2);
  EXPECT_TRUE(recorder.hasOverflowed());
  EXPECT_STREQ(recorder.getErrorDesc(2), "error 2");
  EXPECT_EQ(recorder.getErrorCode(2), ErrorCode::kINTERNAL_ERROR);
  EXPECT_STREQ(recorder.getErrorDesc(3), "");
  EXPECT_STREQ(recorder.getErrorDesc(-1), "");
  recorder.clear();
  EXPECT_EQ(recorder.getNbErrors(), 0);
  EXPECT_FALSE(recorder.hasOverflowed());
  EXPECT_TRUE(recorder.reportError(ErrorCode::kINVALID_STATE, nullptr));
  EXPECT_STREQ(recorder.getErrorDesc(0), "");
  EXPECT_EQ(recorder.getErrorCode(0), ErrorCode::kINVALID_STATE);
}

// Shows S-REC-3.
TEST(FixedRecorderTest, CutsAndEndsLongSentencesBetweenCharacters) {
  FixedRecorder<2, 8> recorder;
  recorder.reportError(ErrorCode::kINTERNAL_ERROR, "123456789");
  recorder.reportError(ErrorCode::kINTERNAL_ERROR, "12345\xE2\x82\xAC");
  EXPECT_STREQ(recorder.getErrorDesc(0), "1234567");
  EXPECT_STREQ(recorder.getErrorDesc(1), "12345");
}

TEST(FixedRecorderTest, CountsOtherMessagesThatAreWanted) {
  FixedRecorder<> recorder(Severity::kINFO, 3);
  EXPECT_EQ(recorder.getId(), 3);
  EXPECT_FALSE(recorder.reportWarn("w"));
  EXPECT_FALSE(recorder.reportInfo("i"));
  EXPECT_FALSE(recorder.reportVerbose("v"));
  EXPECT_FALSE(recorder.reportDebug("d"));
  EXPECT_EQ(recorder.getNbOthers(), 2);
  EXPECT_EQ(recorder.incRefCount(), 1);
  EXPECT_EQ(recorder.decRefCount(), 0);
}

// Shows S-REC-3.
TEST(FixedRecorderTest, TakesErrorsOfManyThreadsWhole) {
  constexpr int kThreads = 4, kEach = 2000;
  FixedRecorder<8, 64> recorder;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&recorder, i] {
      const std::string text(40, static_cast<char>('a' + i));
      for (int k = 0; k < kEach; ++k) {
        recorder.reportError(static_cast<ErrorCode>(i), text.c_str());
        if (k % 500 == 499) recorder.clear();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (int i = 0; i < recorder.getNbErrors(); ++i) {
    const std::string text = recorder.getErrorDesc(i);
    ASSERT_EQ(text.size(), 40U);
    EXPECT_EQ(std::count(text.begin(), text.end(), text[0]), 40);
    EXPECT_EQ(static_cast<int>(recorder.getErrorCode(i)), text[0] - 'a');
  }
}

// Shows S-REC-1.
TEST(FixedRecorderTest, TakesTheRefusalsOfAGraph) {
  FixedRecorder<2> recorder;
  nvinfer2::safe::ITRTGraph* graph = nullptr;
  const char text[] = "no engine";
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(createTRTGraph(graph, text, sizeof text, recorder), ErrorCode::kINVALID_CONFIG);
  }
  EXPECT_EQ(recorder.getNbErrors(), 2);
  EXPECT_EQ(recorder.getNbLost(), 1);
  EXPECT_NE(std::string(recorder.getErrorDesc(0)).find("not an engine file"), std::string::npos);
}

}  // namespace
}  // namespace tenon::safe
