#include "core/eval/run_bands.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace stanflow {
namespace {

constexpr size_t kWindowRows = 200;
constexpr double kOneAddressShare = 0.9;

using Tuple = std::tuple<uint32_t, uint8_t, uint16_t, uint16_t>;

Tuple TupleOf(const HostRow& row) {
  return {row.remote_address, row.protocol, row.local_port, row.remote_port};
}

bool Holds(const RunBand& band, size_t position) { return position >= band.begin && position < band.end; }

// Rows of a run by their place: its window, then what was drawn.
const HostRow& RowAt(const RunSequence& run, size_t position) {
  return position < run.window.size() ? run.window[position] : run.rows[position - run.window.size()];
}

double Share(uint64_t part, uint64_t all) {
  return all == 0 ? NAN : static_cast<double>(part) / static_cast<double>(all);
}

struct Counts {
  uint64_t rows = 0, delta_0 = 0, previous_address = 0, repeated_tuple = 0, seconds = 0;
  uint64_t windows = 0, one_address_windows = 0;
};

void CountRows(const RunSequence& run, const RunBand& band, Counts* counts) {
  absl::flat_hash_set<Tuple> seen;
  for (const HostRow& row : run.window) seen.insert(TupleOf(row));
  for (size_t i = 0; i < run.rows.size(); ++i) {
    const HostRow& row = run.rows[i];
    if (Holds(band, run.Position(i))) {
      const HostRow* const before = run.Before(i, 1);
      ++counts->rows;
      counts->delta_0 += row.time_delta_s == 0;
      counts->previous_address += before != nullptr && before->remote_address == row.remote_address;
      counts->repeated_tuple += seen.contains(TupleOf(row));
      counts->seconds += row.time_delta_s;
    }
    seen.insert(TupleOf(run.truth.empty() ? row : run.truth[i]));
  }
}

bool IsOfOneAddress(const RunSequence& run, size_t begin) {
  absl::flat_hash_map<uint32_t, size_t> counts;
  size_t most = 0;
  for (size_t position = begin; position < begin + kWindowRows; ++position)
    most = std::max(most, ++counts[RowAt(run, position).remote_address]);
  return static_cast<double>(most) > kOneAddressShare * kWindowRows;
}

void CountWindows(const RunSequence& run, const RunBand& band, Counts* counts) {
  const size_t length = run.Position(run.rows.size());
  for (size_t begin = 0; begin + kWindowRows <= length; begin += kWindowRows) {
    if (!Holds(band, begin + kWindowRows - 1)) continue;
    ++counts->windows;
    counts->one_address_windows += IsOfOneAddress(run, begin);
  }
}

}  // namespace

absl::Span<const RunBand> RunBands() {
  static constexpr RunBand kBands[] = {
      {32, 200}, {200, 500}, {500, 1000}, {1000, std::numeric_limits<size_t>::max()}};
  return kBands;
}

BandFigures FiguresOf(absl::Span<const RunSequence> runs, const RunBand& band) {
  Counts counts;
  for (const RunSequence& run : runs) {
    CountRows(run, band, &counts);
    CountWindows(run, band, &counts);
  }
  BandFigures out;
  out.rows = counts.rows;
  out.delta_0 = Share(counts.delta_0, counts.rows);
  out.previous_address = Share(counts.previous_address, counts.rows);
  out.repeated_tuple = Share(counts.repeated_tuple, counts.rows);
  out.one_address_windows = Share(counts.one_address_windows, counts.windows);
  out.rows_per_host_hour = 3600 * Share(counts.rows, counts.seconds);
  return out;
}

BandRows BandRowsOf(absl::Span<const RunSequence> runs, const RunBand& band) {
  BandRows out;
  for (uint32_t r = 0; r < runs.size(); ++r) {
    const RunSequence& run = runs[r];
    for (size_t i = 0; i < run.rows.size(); ++i) {
      if (!Holds(band, run.Position(i))) continue;
      for (const HostRow* row : {run.Before(i, 2), run.Before(i, 1), &run.rows[i]})
        AppendRow(*row, r, /*has_delta=*/true, /*at_home=*/true, &out.rows);
      out.run.push_back(r);
    }
  }
  out.rows.hosts = static_cast<uint32_t>(runs.size());
  return out;
}

}  // namespace stanflow
