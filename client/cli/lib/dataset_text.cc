#include "client/cli/lib/dataset_text.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "client/cli/lib/format.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

std::string ShareOf(uint64_t part, uint64_t whole) {
  if (whole == 0) return FormatCount(part);
  return StrCat(FormatCount(part), " (",
                FormatFixed(100.0 * static_cast<double>(part) / static_cast<double>(whole), 2), " %)");
}

}  // namespace

std::string DatasetName(const std::string& id) {
  return absl::StartsWith(id, "datasets/") ? id : "datasets/" + id;
}
std::string DatasetId(const std::string& name) { return std::string(absl::StripPrefix(name, "datasets/")); }

std::string DescribeDataset(const stanflow::v1::Dataset& dataset, int rejected) {
  KeyValues lines;
  lines.Add("dataset", DatasetId(dataset.name()));
  lines.Add("rows", FormatCount(dataset.rows()));
  lines.Add("training rows", ShareOf(dataset.train_rows(), dataset.rows()));
  lines.Add("hold-out rows",
            StrCat(ShareOf(dataset.holdout_rows(), dataset.rows()), ", ", dataset.holdout()));
  lines.Add("rejected rows", ShareOf(dataset.rejected_rows(), dataset.rows() + dataset.rejected_rows()));
  lines.Add("hosts", StrCat(FormatCount(dataset.hosts()), " in ", absl::StrJoin(dataset.home(), ", ")));
  lines.Add("flows end", StrCat(FormatTime(dataset.has_first_flow_end(), dataset.first_flow_end()), " to ",
                                FormatTime(dataset.has_last_flow_end(), dataset.last_flow_end()), " UTC"));
  lines.Add("packets", FormatCount(dataset.total_packets()));
  lines.Add("bytes", FormatCount(dataset.total_bytes()));
  lines.Add("format", dataset.format());
  lines.Add("on disk", FormatBytes(dataset.size_bytes()));
  lines.Add("digest", dataset.digest());
  std::string out = lines.ToString();
  const int shown = std::min(rejected, dataset.rejected_size());
  if (shown == 0) return out;
  const bool files = !dataset.rejected(0).file().empty();
  Table table(files ? std::vector<std::string>{"FILE", ">LINE", "REJECTED BECAUSE"}
                    : std::vector<std::string>{">LINE", "REJECTED BECAUSE"});
  for (int i = 0; i < shown; ++i) {
    const auto& row = dataset.rejected(i);
    table.Row(files ? std::vector<std::string>{row.file(), FormatCount(row.line()), row.reason()}
                    : std::vector<std::string>{FormatCount(row.line()), row.reason()});
  }
  StrAppend(&out, "\n", table.ToString());
  const uint64_t more = dataset.rejected_rows() - std::min<uint64_t>(dataset.rejected_rows(), shown);
  if (more > 0) StrAppend(&out, "... and ", FormatCount(more), " more\n");
  return out;
}

}  // namespace stanflow
