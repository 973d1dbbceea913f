#include "core/model/row_encoder.h"

#include <algorithm>
#include <cmath>

namespace stanflow {
namespace {

constexpr int64_t kDayMs = 86'400'000;
constexpr double kTwoPi = 6.283185307179586;

}  // namespace

int64_t PrefixBucket(uint32_t address) {
  // Fibonacci hashing of the upper 16 bits: a stored model depends on it.
  return static_cast<int64_t>(((address >> 16) * 0x9E3779B1u) >> 20);
}

void RowNumbers(const HostRow& row, float* numbers) {
  const auto packets = static_cast<float>(std::max<uint64_t>(row.packets, 1));
  const auto bytes = static_cast<float>(std::max<uint64_t>(row.bytes, 1));
  numbers[0] = std::log1p(static_cast<float>(row.time_delta_s)) * 0.3f;
  numbers[1] = std::log(packets) * 0.3f;
  numbers[2] = (std::log(bytes) - 6.0f) * 0.3f;
  numbers[3] = (std::log(bytes / packets) - 5.0f) * 0.5f;
  numbers[4] = std::log1p(static_cast<float>(row.duration_ms)) * 0.15f;
  numbers[5] = row.duration_ms == 0 ? 1.0f : 0.0f;
}

void ClockOf(int64_t end_ms, float* sin_cos) {
  const int64_t of_day = ((end_ms % kDayMs) + kDayMs) % kDayMs;
  const double angle = kTwoPi * static_cast<double>(of_day) / static_cast<double>(kDayMs);
  sin_cos[0] = static_cast<float>(std::sin(angle));
  sin_cos[1] = static_cast<float>(std::cos(angle));
}

void AppendRows(const OutputSet& outputs, absl::Span<const HostRow> rows, int64_t first_position,
                EncodedRows* encoded) {
  encoded->num_outputs = static_cast<int>(outputs.outputs.size());
  for (const HostRow& row : rows) {
    for (const Output& output : outputs.outputs) {
      Code code;
      float scaled = 0;
      if (output.head == HeadKind::kMixture) {
        scaled = static_cast<float>(output.continuous->Encode(output.ValueOf(row)));
      } else {
        code = output.Encode(row);
      }
      encoded->cls.push_back(code.cls);
      encoded->alt.push_back(code.alt);
      encoded->log_share.push_back(code.log_share);
      encoded->alt_log_share.push_back(code.alt_log_share);
      encoded->scaled.push_back(scaled);
    }
    encoded->prefix.push_back(PrefixBucket(row.remote_address));
    encoded->numbers.resize(encoded->numbers.size() + kRowNumbers);
    RowNumbers(row, encoded->numbers.data() + encoded->numbers.size() - kRowNumbers);
    encoded->clock.resize(encoded->clock.size() + 2);
    // The clock before the row: generation does not know the row's own until its delta is drawn.
    ClockOf(row.end_ms - int64_t{1000} * row.time_delta_s, encoded->clock.data() + encoded->clock.size() - 2);
    encoded->position.push_back(first_position++);
    ++encoded->num_rows;
  }
}

}  // namespace stanflow
