#ifndef STANFLOW_CORE_MODEL_ROW_ENCODER_H_
#define STANFLOW_CORE_MODEL_ROW_ENCODER_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/codec/output_set.h"
#include "core/flow/host_row.h"

namespace stanflow {

inline constexpr int kRowNumbers = 6;        // real-valued inputs of a row
inline constexpr int kPrefixBuckets = 4096;  // hash buckets of the remote /16

// Consecutive rows of one or more sequences, encoded for the nets. Arrays are row-major.
struct EncodedRows {
  int num_rows = 0;
  int num_outputs = 0;
  std::vector<int64_t> cls, alt;                // [rows][outputs]; alt -1: one route only
  std::vector<float> log_share, alt_log_share;  // [rows][outputs]
  std::vector<int64_t> prefix;                  // [rows] bucket of the remote /16
  std::vector<float> numbers;                   // [rows][kRowNumbers]
  std::vector<float> clock;                     // [rows][2] sin and cos of the time of day before the row
  std::vector<float> scaled;                    // [rows][outputs]; kMixture outputs: the scaled value
  std::vector<int64_t> position;                // [rows] index within its sequence
};

int64_t PrefixBucket(uint32_t address);
// The six numbers: ln(1 + delta), ln packets, ln bytes, ln(bytes / packets), ln(1 + duration ms), duration is
// 0.
void RowNumbers(const HostRow& row, float* numbers);
void ClockOf(int64_t end_ms, float* sin_cos);

// Appends the encoding of `rows`, the first of which has `first_position` in its sequence.
// Classes are 0 for outputs without classes. Thread-safe for distinct `encoded`.
void AppendRows(const OutputSet& outputs, absl::Span<const HostRow> rows, int64_t first_position,
                EncodedRows* encoded);

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_ROW_ENCODER_H_
