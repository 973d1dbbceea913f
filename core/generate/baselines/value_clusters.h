#ifndef STANFLOW_CORE_GENERATE_BASELINES_VALUE_CLUSTERS_H_
#define STANFLOW_CORE_GENERATE_BASELINES_VALUE_CLUSTERS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"

namespace stanflow {

// Values of one column, equal ones as one that weighs as many: the columns are integers, so that there are
// few.
struct WeightedValues {
  std::vector<double> values;  // ascending, distinct
  std::vector<double> weights;
};

WeightedValues Distinct(std::vector<double> values);

// What k-means found in a sample of a column: enough to start a mixture from.
struct ValueClusters {
  std::vector<float> sample;
  std::vector<int> labels;  // of the sample's values
  std::vector<float> centres;
};

// k-means from `attempts` k-means++ starts, the most compact one. At most 16,384 values are looked at, drawn
// with the seed. The same values, seed and library give the same clusters. `values` has at least `clusters`
// distinct values.
absl::StatusOr<ValueClusters> ClusterValues(const std::vector<double>& values, int clusters, int attempts,
                                            uint64_t seed);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_VALUE_CLUSTERS_H_
