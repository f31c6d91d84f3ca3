// SPDX-License-Identifier: Apache-2.0
// Copyright the Tenon authors
// The kernels' texts, folder kernels/, as they are compiled during builds of engines.
#pragma once

namespace tenon::cuda {

extern const char* const kPreludeText;  ///< stands before every text
extern const char* const kFunctionsText;
extern const char* const kRowsText;
extern const char* const kScanText;
extern const char* const kPointwiseText;
extern const char* const kCopyText;
extern const char* const kPoolingText;
extern const char* const kSoftmaxText;
extern const char* const kNormalizationText;
extern const char* const kReduceText;
extern const char* const kGatherText;
extern const char* const kNonZeroText;
extern const char* const kMatMulText;
extern const char* const kConvolutionText;
extern const char* const kResizeText;
extern const char* const kDeconvolutionText;
extern const char* const kTopKText;
extern const char* const kIndexText;
extern const char* const kQuantizeText;
extern const char* const kIntegersText;
extern const char* const kAttentionText;
extern const char* const kAttentionTilesText;
extern const char* const kEinsumText;
extern const char* const kCumulativeText;
extern const char* const kSuppressionText;
extern const char* const kRegionsText;
extern const char* const kSequencesText;
extern const char* const kNeighboursText;
extern const char* const kGridSampleText;
extern const char* const kFillText;
extern const char* const kUniqueText;
extern const char* const kRecurrentText;
extern const char* const kMixtureOfExpertsText;
extern const char* const kStoredText;

}  // namespace tenon::cuda
