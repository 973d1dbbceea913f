#ifndef STANFLOW_TESTS_CORE_DATASET_DATASET_TESTING_H_
#define STANFLOW_TESTS_CORE_DATASET_DATASET_TESTING_H_

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/base/philox.h"
#include "core/dataset/dataset.h"
#include "core/dataset/dataset_writer.h"
#include "core/flow/flow_reader.h"
#include "core/flow/time.h"
#include "gtest/gtest.h"

namespace stanflow {

// Gives the flows it was made of in small batches; `rejected` come with the first.
class VectorReader final : public FlowReader {
 public:
  explicit VectorReader(std::vector<Flow> flows, std::vector<RejectedRow> rejected = {})
      : flows_(std::move(flows)), rejected_(std::move(rejected)) {}

  absl::StatusOr<bool> Next(FlowBatch* batch) override {
    constexpr size_t kBatch = 7;
    batch->Clear();
    batch->rejected = std::exchange(rejected_, {});
    for (size_t i = 0; i < kBatch && next_ < flows_.size(); ++i) {
      batch->flows.Append(flows_[next_++]);
      batch->lines.push_back(next_);
    }
    if (next_ == flows_.size() && !end_.ok()) return end_;
    return batch->flows.size() + batch->rejected.size() > 0;
  }
  double fraction() const override {
    return flows_.empty() ? 1 : static_cast<double>(next_) / static_cast<double>(flows_.size());
  }
  std::string_view format() const override { return "vector"; }

  void FailAtEnd(absl::Status status) { end_ = std::move(status); }

 private:
  std::vector<Flow> flows_;
  std::vector<RejectedRow> rejected_;
  size_t next_ = 0;
  absl::Status end_;
};

inline constexpr uint32_t kHomeNet = 0x0A010000, kRemoteNet = 0xC6336400;
// 2024-01-08T00:00:00Z, an even hour.
inline constexpr int64_t kMidnight = 1704672000000;

inline std::vector<Cidr> HomeNetworks() { return {Cidr{kHomeNet, 16}}; }

// Flows of `hosts` home hosts over `hours` hours, in order of end time (or not), all different.
inline std::vector<Flow> AnyFlows(uint32_t rows, uint32_t hosts, uint32_t hours, bool in_order) {
  std::vector<Flow> flows;
  for (uint32_t i = 0; i < rows; ++i) {
    const auto a = Philox4x32({i, 0, 0, 0}, {5, 5});
    Flow flow;
    flow.end_ms = kMidnight + static_cast<int64_t>(a[0] % (hours * 3600)) * kSecondMs;
    flow.duration_ms = a[1] % 100'000;
    const uint32_t home = kHomeNet + 1 + a[2] % hosts, remote = kRemoteNet + a[2] / hosts % 200;
    const bool outgoing = a[3] % 2 == 0;
    flow.source_address = outgoing ? home : remote;
    flow.destination_address = outgoing ? remote : home;
    flow.source_port = static_cast<uint16_t>(a[1]);
    flow.destination_port = static_cast<uint16_t>(a[3]);
    flow.protocol = static_cast<uint8_t>(a[1] >> 8);
    flow.tcp_flags = static_cast<uint8_t>(a[1] >> 16);
    flow.tos = static_cast<uint8_t>(a[1] >> 24);
    flow.packets = 1 + a[3] % 50;
    flow.bytes = 100 + i;
    flows.push_back(flow);
  }
  const auto earlier = [](const Flow& a, const Flow& b) { return a.end_ms < b.end_ms; };
  if (in_order) std::stable_sort(flows.begin(), flows.end(), earlier);
  return flows;
}

// Writes the flows as a dataset and opens it.
inline std::unique_ptr<Dataset> MakeDataset(const std::string& dir, const std::vector<Flow>& flows,
                                            std::string_view holdout) {
  DatasetWriterOptions options;
  options.name = "test";
  options.home = HomeNetworks();
  options.holdout = Holdout::Parse(holdout).value();
  VectorReader reader(flows);
  const auto manifest = WriteDataset(&reader, options, dir);
  EXPECT_TRUE(manifest.ok()) << manifest.status();
  auto dataset = Dataset::Open(dir, /*verify_digest=*/true);
  EXPECT_TRUE(dataset.ok()) << dataset.status();
  return dataset.ok() ? std::move(*dataset) : nullptr;
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CORE_DATASET_DATASET_TESTING_H_
