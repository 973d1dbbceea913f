#include "core/dataset/manifest.h"

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/dataset/columns.h"

namespace stanflow {
namespace {

using nlohmann::json;

constexpr int kFormatVersion = 1;

// Throws what nlohmann throws; ManifestFromJson is the boundary.
DatasetManifest Parse(const json& from) {
  DatasetManifest m;
  m.name = from.at("name");
  m.created_ms = from.at("created_ms");
  m.digest = from.at("digest");
  m.format = from.at("format");
  m.rows = from.at("rows");
  m.train_rows = from.at("train_rows");
  m.holdout_rows = from.at("holdout_rows");
  m.rejected_rows = from.at("rejected_rows");
  m.hosts = from.at("hosts");
  m.size_bytes = from.at("size_bytes");
  m.first_end_ms = from.at("first_end_ms");
  m.last_end_ms = from.at("last_end_ms");
  m.total_packets = from.at("total_packets");
  m.total_bytes = from.at("total_bytes");
  for (const json& r : from.at("rejected"))
    m.rejected.push_back({r.at("line"), r.at("reason"), r.value("file", "")});
  for (const json& r : from.at("ranges")) m.ranges.push_back({r.at("column"), r.at("min"), r.at("max")});
  return m;
}

}  // namespace

json ManifestToJson(const DatasetManifest& m) {
  json home = json::array(), rejected = json::array(), ranges = json::array();
  for (const Cidr& cidr : m.home) home.push_back(cidr.ToString());
  for (const RejectedRow& row : m.rejected) {
    rejected.push_back({{"line", row.line}, {"reason", row.reason}});
    if (!row.file.empty()) rejected.back()["file"] = row.file;
  }
  for (const auto& r : m.ranges) ranges.push_back({{"column", r.column}, {"min", r.min}, {"max", r.max}});
  return {{"format_version", kFormatVersion},
          {"name", m.name},
          {"created_ms", m.created_ms},
          {"digest", m.digest},
          {"home", home},
          {"holdout", m.holdout.ToString()},
          {"format", m.format},
          {"rows", m.rows},
          {"train_rows", m.train_rows},
          {"holdout_rows", m.holdout_rows},
          {"rejected_rows", m.rejected_rows},
          {"rejected", rejected},
          {"hosts", m.hosts},
          {"size_bytes", m.size_bytes},
          {"first_end_ms", m.first_end_ms},
          {"last_end_ms", m.last_end_ms},
          {"total_packets", m.total_packets},
          {"total_bytes", m.total_bytes},
          {"ranges", ranges}};
}

absl::StatusOr<DatasetManifest> ManifestFromJson(const json& from) {
  try {
    const int version = from.at("format_version");
    if (version != kFormatVersion) {
      return absl::FailedPreconditionError(
          StrCat("dataset.json: format version ", version, ", this program reads ", kFormatVersion));
    }
    DatasetManifest manifest = Parse(from);
    STANFLOW_ASSIGN_OR_RETURN(manifest.holdout, Holdout::Parse(from.at("holdout").get<std::string>()));
    for (const json& text : from.at("home")) {
      STANFLOW_ASSIGN_OR_RETURN(const Cidr cidr, Cidr::Parse(text.get<std::string>()));
      manifest.home.push_back(cidr);
    }
    return manifest;
  } catch (const json::exception& e) {
    return absl::DataLossError(StrCat("dataset.json: ", e.what()));
  }
}

absl::StatusOr<DatasetManifest> ReadManifest(const std::string& dir) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string text, ReadFile(StrCat(dir, "/", kManifestFile)));
  const json parsed = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (parsed.is_discarded()) return absl::DataLossError(StrCat(dir, "/", kManifestFile, ": not JSON"));
  return ManifestFromJson(parsed);
}

}  // namespace stanflow
