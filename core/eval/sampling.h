#ifndef STANFLOW_CORE_EVAL_SAMPLING_H_
#define STANFLOW_CORE_EVAL_SAMPLING_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stanflow {

// Names a random choice of an evaluation: equal names choose the same.
struct ChoiceKey {
  uint64_t seed = 0;
  uint32_t purpose = 0;
  uint32_t repeat = 0;
};

// `count` of `pool`, every subset equally likely, in random order. All of it if it is smaller.
std::vector<uint32_t> Choose(std::vector<uint32_t> pool, size_t count, const ChoiceKey& key);

// 0 to n - 1.
std::vector<uint32_t> AllOf(size_t n);

}  // namespace stanflow

#endif  // STANFLOW_CORE_EVAL_SAMPLING_H_
