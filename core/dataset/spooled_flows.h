#ifndef STANFLOW_CORE_DATASET_SPOOLED_FLOWS_H_
#define STANFLOW_CORE_DATASET_SPOOLED_FLOWS_H_

#include <array>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "core/base/file.h"
#include "core/dataset/columns.h"
#include "core/flow/flow.h"

namespace stanflow {

// The column files of flows in a folder, read as they lie there. Immutable: any number of threads may read.
class SpooledFlows {
 public:
  // DATA_LOSS with the file's name where one has fewer than `rows` values.
  static absl::StatusOr<SpooledFlows> Open(const std::string& dir, uint64_t rows);

  Flow Row(uint64_t i) const;

 private:
  template <typename T>
  T Value(int column, uint64_t row) const {
    return columns_[column].As<T>()[row];
  }

  std::array<MappedFile, kNumFlowColumns> columns_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_DATASET_SPOOLED_FLOWS_H_
