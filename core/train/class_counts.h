#ifndef STANFLOW_CORE_TRAIN_CLASS_COUNTS_H_
#define STANFLOW_CORE_TRAIN_CLASS_COUNTS_H_

#include <vector>

#include "core/codec/output_set.h"
#include "core/flow/host_row.h"

namespace stanflow {

// How many rows are of each class, for every output of a set that has classes alone; the set must outlive it.
// Not thread-safe.
class ClassCounts {
 public:
  explicit ClassCounts(const OutputSet& set);

  void Add(const HostRow& row);
  void Add(const ClassCounts& other);  // of the same set

  double rows() const { return rows_; }
  const std::vector<double>& of(size_t output) const { return counts_[output]; }
  // Mean of the outputs' Jensen-Shannon divergences, nats.
  double DivergenceFrom(const ClassCounts& other) const;

 private:
  const OutputSet* set_;
  std::vector<std::vector<double>> counts_;
  double rows_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_TRAIN_CLASS_COUNTS_H_
