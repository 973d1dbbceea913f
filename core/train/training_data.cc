#include "core/train/training_data.h"

#include <algorithm>

#include "core/base/philox.h"

namespace stanflow {
namespace {

// `sequence` from row `begin` to `end`, with the clock of the row before as its zero.
Sequence Part(const Dataset& dataset, const Sequence& sequence, uint64_t begin, uint64_t end) {
  Sequence part = sequence;
  if (begin > sequence.begin) part.start_ms = dataset.Row(begin - 1).end_ms;
  part.begin = begin;
  part.end = end;
  return part;
}

}  // namespace

TrainingData::TrainingData(const Dataset* dataset, double validation_share, uint64_t seed)
    : dataset_(dataset) {
  const std::vector<Sequence> sequences = dataset->Sequences(Split::kTrain);
  uint64_t rows = 0;
  for (const Sequence& sequence : sequences) rows += sequence.size();
  const double share = std::min(validation_share, static_cast<double>(kMaxValidationRows) /
                                                      static_cast<double>(std::max<uint64_t>(rows, 1)));
  uint64_t run = 0;
  for (const Sequence& sequence : sequences) {
    for (uint64_t begin = sequence.begin; begin < sequence.end; begin += kRunRows, ++run) {
      const bool validates = Uniform2({seed, 0, 0, run, 0})[0] < share;
      const uint64_t end = std::min(begin + kRunRows, sequence.end);
      for (uint64_t b = begin; b < end; b += kPieceRows) {
        (validates ? validation_ : training_).push_back({sequence, b, std::min(b + kPieceRows, end)});
      }
      if (validates) validation_rows_ += end - begin;
    }
  }
  for (size_t i = validation_.size(); i > 1; --i) {
    std::swap(validation_[i - 1],
              validation_[static_cast<size_t>(Uniform2({seed, 1, 0, i, 0})[0] * static_cast<double>(i))]);
  }
  if (validation_.empty() && !training_.empty()) {
    validation_.push_back(training_.back());
    validation_rows_ = validation_.back().end - validation_.back().begin;
    if (training_.size() > 1) training_.pop_back();
  }
  if (training_.empty()) training_ = validation_;
  for (const Piece& piece : training_) {
    first_row_.push_back(training_rows_);
    training_rows_ += piece.end - piece.begin;
  }
}

std::vector<HostRow> TrainingData::Load(const Piece& piece, uint64_t max_context, uint64_t* context) const {
  *context = std::min(max_context, piece.begin - piece.sequence.begin);
  return dataset_->HostRows(Part(*dataset_, piece.sequence, piece.begin - *context, piece.end));
}

std::vector<HostRow> TrainingData::Window(uint64_t index, uint64_t before) const {
  const size_t p = std::upper_bound(first_row_.begin(), first_row_.end(), index) - first_row_.begin() - 1;
  const Piece& piece = training_[p];
  const uint64_t row = piece.begin + (index - first_row_[p]);
  const uint64_t begin = row - std::min(before, row - piece.sequence.begin);
  return dataset_->HostRows(Part(*dataset_, piece.sequence, begin, row + 1));
}

MarginalCounts TrainingData::Counts(uint64_t max_rows) const {
  MarginalCounts counts;
  const uint64_t stride =
      std::max<uint64_t>(1, (training_rows_ + max_rows - 1) / std::max<uint64_t>(max_rows, 1));
  for (size_t p = 0; p < training_.size(); p += stride) {
    uint64_t context = 0;
    for (const HostRow& row : Load(training_[p], 0, &context)) counts.Add(row);
  }
  return counts;
}

}  // namespace stanflow
