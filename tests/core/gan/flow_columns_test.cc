#include "core/gan/flow_columns.h"

#include "core/gan/training_rows.h"
#include "gtest/gtest.h"
#include "tests/support/sample_dataset.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

std::vector<double> RowOf(const Table& table, size_t r) {
  std::vector<double> row;
  for (const TableColumn& column : table.columns) row.push_back(column.values[r]);
  return row;
}

// Ports in the same stretch are one class.
void ForgetPorts(HostRow* row) { row->local_port = row->remote_port = 0; }

TEST(FlowColumns, GiveBackAllThatTheyHoldOfARow) {
  const std::vector<HostRow> rows = SampleRows(3000);
  const auto columns = FlowColumns::Fit(rows).value();
  const Table table = columns.MakeTable(rows);
  EXPECT_TRUE(columns.CheckFits(TableCodec::Fit(table, 1).value()).ok());
  for (size_t r = 0; r < rows.size(); ++r) {
    HostRow want = rows[r], got = columns.Decode(RowOf(table, r), {1, 0, 0, r, 0});
    for (const auto& [a, b] :
         {std::pair(want.local_port, got.local_port), std::pair(want.remote_port, got.remote_port)}) {
      EXPECT_TRUE(a == b || std::abs(a - b) < 1024) << a << " " << b;
    }
    want.end_ms = 0;
    ForgetPorts(&want);
    ForgetPorts(&got);
    EXPECT_EQ(got, want) << r;
  }
}

TEST(FlowColumns, KeepFrequentPortsExactly) {
  const std::vector<HostRow> rows = SampleRows(3000);
  const auto columns = FlowColumns::Fit(rows).value();
  const Table table = columns.MakeTable(rows);
  int services = 0;
  for (size_t r = 0; r < rows.size(); ++r) {
    if (rows[r].local_port != 443) continue;
    ++services;
    EXPECT_EQ(columns.Decode(RowOf(table, r), {1, 0, 0, r, 0}).local_port, 443);
  }
  EXPECT_GT(services, 100);
}

TEST(FlowColumns, ClampAmountsToWhatARecordMayHold) {
  const std::vector<HostRow> rows = SampleRows(300);
  const auto columns = FlowColumns::Fit(rows).value();
  std::vector<double> row = RowOf(columns.MakeTable(rows), 0);
  row[0] = -5;    // time delta
  row[1] = -9;    // ln packets
  row[2] = 1000;  // ln bytes
  row[3] = -0.4;  // duration
  const HostRow got = columns.Decode(row, {});
  EXPECT_EQ(got.time_delta_s, 0u);
  EXPECT_EQ(got.packets, 1u);
  EXPECT_EQ(got.bytes, kMaxFlowCount);
  EXPECT_EQ(got.duration_ms, 0u);
}

TEST(FlowColumns, DecodeTheSameAfterTheirJson) {
  const std::vector<HostRow> rows = SampleRows(300);
  const auto columns = FlowColumns::Fit(rows).value();
  const auto again = FlowColumns::FromJson(columns.ToJson());
  ASSERT_TRUE(again.ok()) << again.status();
  const Table table = columns.MakeTable(rows);
  for (size_t r = 0; r < rows.size(); ++r) {
    const DrawKey key{1, 2, 3, r, 0};
    EXPECT_EQ(again->Decode(RowOf(table, r), key), columns.Decode(RowOf(table, r), key));
  }
  auto json = columns.ToJson();
  json["discrete"].erase(3);
  EXPECT_TRUE(absl::IsDataLoss(FlowColumns::FromJson(json).status()));
  Table other = table;
  other.columns.pop_back();
  EXPECT_TRUE(absl::IsDataLoss(columns.CheckFits(TableCodec::Fit(other, 1).value())));
}

TEST(TrainingRows, AreSpreadEvenlyOverTheTrainingSplitAndNeverFromTheHoldOut) {
  const TempDir dir;
  const auto dataset = SampleDataset(dir.File("data"), 3, 2000, "hours=odd");
  const auto never = [] { return false; };
  const auto all = ReadTrainingRows(*dataset, 1 << 20, never), some = ReadTrainingRows(*dataset, 100, never);
  ASSERT_TRUE(all.ok() && some.ok());
  EXPECT_EQ(all->size(), dataset->manifest().train_rows);
  ASSERT_EQ(some->size(), 100u);
  for (const HostRow& row : *all) EXPECT_EQ(row.end_ms / 3'600'000 % 2, 0);
  for (size_t i = 0; i < 100; ++i) {
    const size_t at = i * all->size() / 100;
    EXPECT_EQ((*some)[i], (*all)[at]) << i;
  }
  EXPECT_TRUE(absl::IsCancelled(ReadTrainingRows(*dataset, 100, [] { return true; }).status()));
}

}  // namespace
}  // namespace stanflow
