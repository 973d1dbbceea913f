#ifndef STANFLOW_TESTS_SUPPORT_SAMPLE_DATASET_H_
#define STANFLOW_TESTS_SUPPORT_SAMPLE_DATASET_H_

#include <memory>
#include <string>
#include <vector>

#include "core/dataset/dataset.h"
#include "core/dataset/dataset_writer.h"
#include "core/flow/flow_reader.h"
#include "tests/support/sample_rows.h"

namespace stanflow {

// SampleRows of several hosts (10.0.0.1 on) as a flow file would give them.
class SampleFlowReader final : public FlowReader {
 public:
  SampleFlowReader(int hosts, int rows_a_host) : hosts_(hosts), rows_a_host_(rows_a_host) {}

  absl::StatusOr<bool> Next(FlowBatch* batch) override {
    batch->Clear();
    if (host_ == hosts_) return false;
    for (const HostRow& row : SampleRows(rows_a_host_, static_cast<uint32_t>(host_))) {
      batch->flows.Append(ToFlow(row, 0x0A000001 + static_cast<uint32_t>(host_)));
      batch->lines.push_back(++line_);
    }
    ++host_;
    return true;
  }
  double fraction() const override { return static_cast<double>(host_) / hosts_; }
  std::string_view format() const override { return "sample"; }

 private:
  const int hosts_, rows_a_host_;
  int host_ = 0;
  uint64_t line_ = 0;
};

// Written to `dir` and opened.
inline std::unique_ptr<Dataset> SampleDataset(const std::string& dir, int hosts, int rows_a_host,
                                              const std::string& holdout = "none") {
  SampleFlowReader reader(hosts, rows_a_host);
  DatasetWriterOptions options;
  options.name = "sample";
  options.home = {Cidr{0x0A000000, 16}};
  options.holdout = Holdout::Parse(holdout).value();
  if (!WriteDataset(&reader, options, dir).ok()) return nullptr;
  return Dataset::Open(dir).value();
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SUPPORT_SAMPLE_DATASET_H_
