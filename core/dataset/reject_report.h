#ifndef STANFLOW_CORE_DATASET_REJECT_REPORT_H_
#define STANFLOW_CORE_DATASET_REJECT_REPORT_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/flow/flow_reader.h"

namespace stanflow {

// Counts the rows of an import that can't be used, which come file by file in ascending lines. Keeps the
// first 100 and, in bounded memory, how often each kind of reason came. Not safe for concurrent use.
class RejectReport {
 public:
  static constexpr size_t kKept = 100;

  void Add(const RejectedRow& row);
  uint64_t count() const { return count_; }
  const std::vector<RejectedRow>& kept() const { return kept_; }
  // Begins with what another report had counted and kept; of the kinds it knows those that were kept.
  void Restore(uint64_t count, const std::vector<RejectedRow>& kept);
  // INVALID_ARGUMENT if no row was accepted, or if more than `max_share` of all rows were
  // rejected: with counts, the commonest reason and the first ones.
  absl::Status Check(uint64_t accepted, double max_share) const;

 private:
  struct Kind {
    uint64_t count = 0;
    RejectedRow first;
  };
  std::string Describe() const;

  uint64_t count_ = 0;
  std::vector<RejectedRow> kept_;
  std::map<std::string, Kind> kinds_;  // by the reason without its quoted values
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_DATASET_REJECT_REPORT_H_
