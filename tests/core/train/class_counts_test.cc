#include "core/train/class_counts.h"

#include <cmath>
#include <numeric>

#include "gtest/gtest.h"
#include "tests/support/sample_rows.h"

namespace stanflow {
namespace {

OutputSet Outputs() {
  MarginalCounts counts;
  for (const HostRow& row : SampleRows(4000)) counts.Add(row);
  return FitCausalOutputs(counts, /*independent=*/false).value();
}

TEST(ClassCounts, CountARowOnceInEveryOutput) {
  const OutputSet set = Outputs();
  ClassCounts counts(set);
  for (const HostRow& row : SampleRows(300)) counts.Add(row);
  EXPECT_EQ(counts.rows(), 300);
  for (size_t o = 0; o < set.outputs.size(); ++o) {
    EXPECT_EQ(std::accumulate(counts.of(o).begin(), counts.of(o).end(), 0.0), 300) << set.outputs[o].name();
  }
}

TEST(ClassCounts, AddUpAsIfTheirRowsHadBeenCountedTogether) {
  const OutputSet set = Outputs();
  ClassCounts one(set), other(set), both(set);
  for (const HostRow& row : SampleRows(100, 1)) one.Add(row), both.Add(row);
  for (const HostRow& row : SampleRows(100, 2)) other.Add(row), both.Add(row);
  one.Add(other);
  EXPECT_EQ(one.rows(), both.rows());
  EXPECT_EQ(one.DivergenceFrom(both), 0);
}

TEST(ClassCounts, DivergeByLn2InAnOutputThatSharesNoClass) {
  const OutputSet set = Outputs();
  std::vector<HostRow> rows = SampleRows(1);
  ClassCounts out(set), in(set);
  for (int i = 0; i < 100000; ++i) {
    rows[0].direction = 0;
    out.Add(rows[0]);
    rows[0].direction = 1;
    in.Add(rows[0]);
  }
  EXPECT_NEAR(out.DivergenceFrom(in) * static_cast<double>(set.outputs.size()), std::log(2.0), 1e-3);
}

}  // namespace
}  // namespace stanflow
