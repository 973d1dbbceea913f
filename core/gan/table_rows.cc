#include "core/gan/table_rows.h"

#include <algorithm>
#include <cmath>

#include "core/gan/noise.h"

namespace stanflow {
namespace {

// Slots of a row's draws. Noise has those below.
constexpr uint16_t kConditionSlot = TableRows::kMaxNoise / 2, kFirstSpanSlot = 0x100;

// The class whose share of the softmax holds `u`.
int32_t PickClass(const float* raw, int width, double u) {
  const float top = *std::max_element(raw, raw + width);
  double total = 0;
  for (int i = 0; i < width; ++i) total += std::exp(static_cast<double>(raw[i] - top));
  double up_to = 0;
  for (int i = 0; i + 1 < width; ++i) {
    up_to += std::exp(static_cast<double>(raw[i] - top));
    if (u * total < up_to) return i;
  }
  return width - 1;
}

}  // namespace

void TableRows::WriteInput(const DrawKey& key, float* input) const {
  WriteNoise(key, noise_, input);
  std::fill(input + noise_, input + inputs(), 0.0f);
  if (conditions_.empty()) return;
  DrawKey draw = key;
  draw.slot = kConditionSlot;
  const auto u = Uniform2(draw);
  const Condition condition = conditions_.Draw(frequency_, u[0], u[1]);
  input[noise_ + codec_.spans()[condition.span].condition + condition.cls] = 1;
}

std::vector<double> TableRows::Draw(const DrawKey& key, const float* raw) const {
  std::vector<SpanValue> row(codec_.spans().size());
  for (size_t s = 0; s < row.size(); ++s) {
    const EncodedSpan& span = codec_.spans()[s];
    if (!span.one_hot) {
      row[s].scalar = std::tanh(raw[span.offset]);
      continue;
    }
    DrawKey draw = key;
    draw.slot = static_cast<uint16_t>(kFirstSpanSlot + s);
    row[s].cls = PickClass(raw + span.offset, span.width, Uniform2(draw)[0]);
  }
  return codec_.Decode(row);
}

}  // namespace stanflow
