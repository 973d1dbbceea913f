#include "core/eval/association.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace stanflow {
namespace {

constexpr uint8_t kNone = 255;
static_assert(kMostAssociationBins <= kNone, "a bin would be kNone");

// The bin of each sampled row; kNone where it has no value.
std::vector<uint8_t> Binned(const ScoredColumn& column, const QuantileBins& bins, const EvalRows& rows,
                            const std::vector<uint32_t>& chosen) {
  std::vector<uint8_t> out;
  out.reserve(chosen.size());
  for (uint32_t i : chosen) {
    const auto raw = column.value(rows, i);
    out.push_back(raw ? static_cast<uint8_t>(bins.Of(*raw)) : kNone);
  }
  return out;
}

}  // namespace

QuantileBins::QuantileBins(const ScoredColumn& column, const EvalRows& real, int bins) {
  std::vector<double> values;
  for (size_t i = 0; i < real.size(); ++i) {
    if (const auto raw = column.value(real, i)) values.push_back(*raw);
  }
  if (values.empty()) return;
  std::sort(values.begin(), values.end());
  const double largest = values.back();
  for (int j = 1; j < bins; ++j) {
    const size_t rank = (j * values.size() + bins - 1) / bins;
    const double cut = values[rank - 1];
    // Nothing real lies above the largest value: a cut there would make an empty bin.
    if (cut < largest && (cuts_.empty() || cuts_.back() < cut)) cuts_.push_back(cut);
  }
}

int QuantileBins::Of(double raw) const {
  return static_cast<int>(std::lower_bound(cuts_.begin(), cuts_.end(), raw) - cuts_.begin());
}

double MutualInformation(absl::Span<const double> table, int columns) {
  const size_t rows = table.size() / columns;
  std::vector<double> of_row(rows), of_column(columns);
  for (size_t i = 0; i < table.size(); ++i) {
    of_row[i / columns] += table[i];
    of_column[i % columns] += table[i];
  }
  const double total = std::accumulate(of_row.begin(), of_row.end(), 0.0);
  double sum = 0;
  for (size_t i = 0; i < table.size(); ++i) {
    if (table[i] == 0) continue;
    sum += table[i] * std::log(table[i] * total / (of_row[i / columns] * of_column[i % columns]));
  }
  // Rounding may leave independent columns a hair below 0.
  return total > 0 ? std::max(sum / total, 0.0) : 0;
}

double CorrectedMutualInformation(absl::Span<const double> table, int columns, double n) {
  std::vector<uint8_t> row_met(table.size() / columns), column_met(columns);
  double freedom = 1;  // m - r - c + 1
  for (size_t i = 0; i < table.size(); ++i) {
    if (table[i] == 0) continue;
    ++freedom;
    row_met[i / columns] = column_met[i % columns] = 1;
  }
  freedom -= std::accumulate(row_met.begin(), row_met.end(), 0);
  freedom -= std::accumulate(column_met.begin(), column_met.end(), 0);
  return n > 0 ? MutualInformation(table, columns) - freedom / (2 * n) : 0;
}

double EffectiveRows(double sum_of_weights, double sum_of_squares) {
  return sum_of_squares > 0 ? sum_of_weights * sum_of_weights / sum_of_squares : 0;
}

std::vector<double> Associations(const EvalRows& rows, const Sample& sample,
                                 const std::vector<QuantileBins>& bins) {
  std::vector<std::vector<uint8_t>> binned;
  for (size_t c = 0; c < bins.size(); ++c)
    binned.push_back(Binned(ScoredColumns()[c], bins[c], rows, sample.rows));
  std::vector<double> out, table;
  for (size_t a = 0; a < bins.size(); ++a) {
    for (size_t b = a + 1; b < bins.size(); ++b) {
      const int columns = bins[b].count();
      table.assign(static_cast<size_t>(bins[a].count()) * columns, 0);
      double sum = 0, squares = 0;
      for (size_t i = 0; i < sample.rows.size(); ++i) {
        if (binned[a][i] == kNone || binned[b][i] == kNone) continue;
        const double weight = sample.weights[i];
        table[binned[a][i] * columns + binned[b][i]] += weight;
        sum += weight;
        squares += weight * weight;
      }
      out.push_back(CorrectedMutualInformation(table, columns, EffectiveRows(sum, squares)));
    }
  }
  return out;
}

}  // namespace stanflow
