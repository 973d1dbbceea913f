#ifndef STANFLOW_CORE_GAN_TRAINING_ROWS_H_
#define STANFLOW_CORE_GAN_TRAINING_ROWS_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "core/dataset/dataset.h"

namespace stanflow {

// Rows of the dataset's training split: all of them, or `max_rows` evenly spread over all where there are
// more, so that memory does not grow with the data. The rows' order within their hosts is kept.
// FAILED_PRECONDITION where the split is empty; CANCELLED once `stop` answers true.
absl::StatusOr<std::vector<HostRow>> ReadTrainingRows(const Dataset& dataset, uint64_t max_rows,
                                                      const std::function<bool()>& stop);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_TRAINING_ROWS_H_
