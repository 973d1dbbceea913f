#include "core/eval/sampling.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/base/philox.h"

namespace stanflow {

std::vector<uint32_t> Choose(std::vector<uint32_t> pool, size_t count, const ChoiceKey& key) {
  count = std::min(count, pool.size());
  for (size_t i = 0; i < count; ++i) {
    const double u = Uniform2({key.seed, key.purpose, key.repeat, i, 0})[0];
    std::swap(pool[i], pool[i + static_cast<size_t>(u * (pool.size() - i))]);
  }
  pool.resize(count);
  return pool;
}

std::vector<uint32_t> AllOf(size_t n) {
  std::vector<uint32_t> out(n);
  std::iota(out.begin(), out.end(), 0);
  return out;
}

}  // namespace stanflow
