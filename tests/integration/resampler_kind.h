#ifndef STANFLOW_TESTS_INTEGRATION_RESAMPLER_KIND_H_
#define STANFLOW_TESTS_INTEGRATION_RESAMPLER_KIND_H_

#include "core/kinds/model_kind.h"

namespace stanflow {

// The simplest kind of model there is: its training rows, drawn again. Knows no likelihood.
extern const ModelKind kResamplerKind;

}  // namespace stanflow

#endif  // STANFLOW_TESTS_INTEGRATION_RESAMPLER_KIND_H_
