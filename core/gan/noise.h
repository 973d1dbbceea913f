#ifndef STANFLOW_CORE_GAN_NOISE_H_
#define STANFLOW_CORE_GAN_NOISE_H_

#include <cstdint>

#include "core/base/philox.h"

namespace stanflow {

// `n` independent standard normal numbers that `key` alone decides, from its slots 0 to (n - 1) / 2.
void WriteNoise(DrawKey key, int n, float* out);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_NOISE_H_
