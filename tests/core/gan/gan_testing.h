#ifndef STANFLOW_TESTS_CORE_GAN_GAN_TESTING_H_
#define STANFLOW_TESTS_CORE_GAN_GAN_TESTING_H_

#include <cmath>
#include <vector>

#include "core/base/philox.h"
#include "core/gan/table.h"

namespace stanflow {

// Rows of two discrete columns, the second of which equals the first in nine of ten, and one continuous
// column with a mode a class of the first: 0, 10, 20, each 0.5 wide.
inline Table DependentTable(size_t rows, uint64_t seed = 1) {
  Table table{{{"kind", 3, {}}, {"copy", 3, {}}, {"size", 0, {}}}};
  for (size_t r = 0; r < rows; ++r) {
    const auto u = Uniform2({seed, 0, 0, r, 0}), v = Uniform2({seed, 0, 0, r, 1});
    const double kind = u[0] < 0.5 ? 0 : u[0] < 0.8 ? 1 : 2;
    table.columns[0].values.push_back(kind);
    table.columns[1].values.push_back(u[1] < 0.9 ? kind : std::fmod(kind + 1, 3));
    const double normal = std::sqrt(-2 * std::log1p(-v[0])) * std::cos(6.283185307179586 * v[1]);
    table.columns[2].values.push_back(10 * kind + 0.5 * normal);
  }
  return table;
}

// Share of rows for which both are so.
template <typename A, typename B>
double Share(const std::vector<std::vector<double>>& rows, A first, B second) {
  double n = 0;
  for (const auto& row : rows) n += first(row) && second(row);
  return n / static_cast<double>(rows.size());
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_GAN_GAN_TESTING_H_
