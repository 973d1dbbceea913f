#ifndef STANFLOW_CORE_GENERATE_BASELINES_B2_CONDITIONAL_H_
#define STANFLOW_CORE_GENERATE_BASELINES_B2_CONDITIONAL_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/bundle/safetensors.h"
#include "core/flow/host_row.h"
#include "core/generate/baselines/attribute_bins.h"
#include "core/generate/baselines/b2_structure.h"

namespace stanflow {

// How often a child's runs of values were seen, alone and with each parent's. A plain value.
struct B2Counts {
  B2Node node;
  AttributeBins bins;           // the child's
  std::vector<int64_t> counts;  // one a bin
  struct Parent {
    std::optional<AttributeBins> bins;  // none: the hours
    std::vector<int64_t> counts;        // [state][the child's bin]
    int states() const { return bins.has_value() ? bins->count() : 24; }
    // The parent's state for a row; none where the row has no previous one.
    std::optional<int> StateOf(const B2Node& node, const B2Parent& parent, const HostRow& row,
                               const HostRow* previous) const;
  };
  std::vector<Parent> parents;  // in the node's order

  void Add(const HostRow& row, const HostRow* previous);
  void Store(TensorFile* file) const;
  // `duration_step_ms`: of the model's durations. DATA_LOSS names the tensor that is wrong.
  static absl::StatusOr<B2Counts> Load(const B2Node& node, uint64_t duration_step_ms, const TensorFile& file);
};

// The distribution of one child's run of values given its parents, by Bayes' rule with the
// parents independent given the child (STAN equation 8):
//   P(c | p1, p2, ...) is proportional to P(c) P(p1 | c) P(p2 | c) ...
// Every factor is a relative frequency with one more seen of each (Laplace). A parent that the
// row has not (no previous row) is left out. Immutable: safe to use concurrently.
class B2Conditional {
 public:
  explicit B2Conditional(B2Counts counts);

  Attribute child() const { return counts_.node.child; }
  const AttributeBins& bins() const { return counts_.bins; }
  const B2Counts& counts() const { return counts_; }

  // ln of each bin's probability. Looks only at what `row` draws before the child, and at its clock.
  std::vector<double> LogShares(const HostRow& row, const HostRow* previous) const;

 private:
  B2Counts counts_;
  std::vector<double> log_child_;               // [bin]
  std::vector<std::vector<double>> log_given_;  // a parent: [state][bin]
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_BASELINES_B2_CONDITIONAL_H_
