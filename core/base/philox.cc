#include "core/base/philox.h"

#include <cmath>

namespace stanflow {
namespace {

constexpr uint32_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
constexpr uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
constexpr int kRounds = 10;
constexpr double kTwoPi = 6.28318530717958647693;

double ToUnit(uint32_t high, uint32_t low) {
  const uint64_t bits = (uint64_t{high} << 32 | low) >> 11;
  return static_cast<double>(bits) * 0x1.0p-53;
}

}  // namespace

std::array<uint32_t, 4> Philox4x32(std::array<uint32_t, 4> c, std::array<uint32_t, 2> k) {
  for (int round = 0; round < kRounds; ++round) {
    const uint64_t p0 = uint64_t{kMultiplier0} * c[0];
    const uint64_t p1 = uint64_t{kMultiplier1} * c[2];
    c = {static_cast<uint32_t>(p1 >> 32) ^ c[1] ^ k[0], static_cast<uint32_t>(p1),
         static_cast<uint32_t>(p0 >> 32) ^ c[3] ^ k[1], static_cast<uint32_t>(p0)};
    k[0] += kWeyl0;
    k[1] += kWeyl1;
  }
  return c;
}

std::array<double, 2> Uniform2(const DrawKey& key) {
  // 48 bits of row, 16 of slot: no stream reaches 2^48 rows.
  const auto out = Philox4x32({key.context, key.stream, static_cast<uint32_t>(key.row),
                               static_cast<uint32_t>(key.row >> 32) << 16 | key.slot},
                              {static_cast<uint32_t>(key.seed), static_cast<uint32_t>(key.seed >> 32)});
  return {ToUnit(out[0], out[1]), ToUnit(out[2], out[3])};
}

double StandardNormal(double u0, double u1) {
  return std::sqrt(-2 * std::log1p(-u0)) * std::cos(kTwoPi * u1);
}

}  // namespace stanflow
