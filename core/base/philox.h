#ifndef STANFLOW_CORE_BASE_PHILOX_H_
#define STANFLOW_CORE_BASE_PHILOX_H_

#include <array>
#include <cstdint>

namespace stanflow {

// Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011):
// a keyed bijection of a 128-bit counter. The same key and counter give the same numbers on
// every machine, whatever was drawn before. Stateless, so safe to call concurrently.
std::array<uint32_t, 4> Philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

// Names one draw. Two draws with equal names are equal; all others are independent.
struct DrawKey {
  uint64_t seed = 0;
  uint32_t stream = 0;
  uint32_t context = 0;
  uint64_t row = 0;
  // Which draw within the row: an output of an attribute (model/) or 0x100 + n for a codec's choice inside a
  // class.
  uint16_t slot = 0;
};

// Two doubles in [0, 1), 53 bits each.
std::array<double, 2> Uniform2(const DrawKey& key);

// A draw from the standard normal distribution out of two independent uniforms of [0, 1) (Box and Muller).
// Generated flows depend on its every bit.
double StandardNormal(double u0, double u1);

}  // namespace stanflow

#endif  // STANFLOW_CORE_BASE_PHILOX_H_
