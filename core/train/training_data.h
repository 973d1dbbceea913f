#ifndef STANFLOW_CORE_TRAIN_TRAINING_DATA_H_
#define STANFLOW_CORE_TRAIN_TRAINING_DATA_H_

#include <cstdint>
#include <vector>

#include "core/codec/marginal_counts.h"
#include "core/dataset/dataset.h"

namespace stanflow {

// Rows [begin, end) of one sequence: what one gradient counts. The rows before them in the
// sequence, kContextRows at most, are read as context and not counted.
struct Piece {
  Sequence sequence;
  uint64_t begin = 0, end = 0;
};

// The training part of a dataset cut into pieces, some of them kept for validation: whole sequences (a host's
// hour, or runs of kRunRows of longer ones), because a row's neighbours tell much about it. Only the
// list of pieces is in memory: rows are read from the mapped columns when they are needed.
// The hold-out is never touched. Immutable: any number of threads may read.
class TrainingData {
 public:
  // Reach of the default preset's trunk (causal_net.h).
  static constexpr uint64_t kContextRows = 81;
  static constexpr uint64_t kPieceRows = 512;
  static constexpr uint64_t kRunRows = 16 * kPieceRows;
  // About how many rows validate at most: more say nothing more about when to stop.
  static constexpr uint64_t kMaxValidationRows = 40000;

  // `dataset` must outlive it. Which runs validate depends on the dataset and the seed alone; at least one
  // piece does, and at least one trains (the same one if there is only one).
  TrainingData(const Dataset* dataset, double validation_share, uint64_t seed);

  const std::vector<Piece>& training() const { return training_; }
  // In an order without pattern: any first part of it is a fair sample.
  const std::vector<Piece>& validation() const { return validation_; }
  uint64_t training_rows() const { return training_rows_; }
  uint64_t validation_rows() const { return validation_rows_; }

  // Rows of the piece with `context` rows in front of them.
  std::vector<HostRow> Load(const Piece& piece, uint64_t max_context, uint64_t* context) const;

  // Up to `before` rows before training row `index` (0 to training_rows() - 1), and that row last.
  std::vector<HostRow> Window(uint64_t index, uint64_t before) const;

  // Frequencies of the training rows, of at most `max_rows` of them, evenly spread.
  MarginalCounts Counts(uint64_t max_rows) const;

 private:
  const Dataset* const dataset_;
  std::vector<Piece> training_, validation_;
  std::vector<uint64_t> first_row_;  // of each training piece, counted over all of them
  uint64_t training_rows_ = 0, validation_rows_ = 0;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_TRAIN_TRAINING_DATA_H_
