// Writes the bundles and rows that forward_reference.py reads: the small models of
// tests/support/small_model.h.   write_small_models FOLDER

#include <cstdio>
#include <fstream>
#include <string>

#include "core/base/file.h"
#include "core/model/row_encoder.h"
#include "tests/support/small_model.h"

namespace stanflow {
namespace {

nlohmann::json RowsJson(const std::vector<HostRow>& rows) {
  nlohmann::json json = nlohmann::json::array();
  for (const HostRow& row : rows) {
    nlohmann::json item = {{"end_ms", row.end_ms}};
    for (int a = 0; a < kNumAttributes; ++a) {
      item[std::string(kAttributeNames[a])] = row.Get(static_cast<Attribute>(a));
    }
    json.push_back(item);
  }
  return json;
}

absl::Status Write(const std::string& folder) {
  for (Preset preset : {Preset::kCausal, Preset::kPaper}) {
    const absl::Status status =
        WriteBundle(folder + "/" + PresetName(preset), *SmallModel(preset), SmallBundleInfo());
    if (!status.ok()) return status;
  }
  return WriteFileDurably(folder + "/rows.json", RowsJson(SampleRows(90, /*salt=*/9)).dump());
}

}  // namespace
}  // namespace stanflow

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: write_small_models FOLDER\n");
    return 2;
  }
  const absl::Status status = stanflow::Write(argv[1]);
  if (!status.ok()) std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return status.ok() ? 0 : 1;
}
