#ifndef STANFLOW_TESTS_CORE_EVAL_GOLDEN_H_
#define STANFLOW_TESTS_CORE_EVAL_GOLDEN_H_

#include <cstdint>
#include <fstream>
#include <vector>

#include "nlohmann/json.hpp"

namespace stanflow {

// What recipes/golden_values.py wrote.
inline nlohmann::json GoldenValues() {
  std::ifstream file(STANFLOW_GOLDEN);
  return nlohmann::json::parse(file);
}

// The recipe's generator.
inline std::vector<double> LehmerUniforms(int count, uint64_t seed) {
  std::vector<double> out;
  for (int i = 0; i < count; ++i) {
    seed = seed * 48271 % 2147483647;
    out.push_back(static_cast<double>(seed) / 2147483647);
  }
  return out;
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_EVAL_GOLDEN_H_
