#include "server/registry/alias_file.h"

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "nlohmann/json.hpp"

namespace stanflow {

uint64_t AliasFile::Version(const std::string& alias) const {
  const auto it = history.find(alias);
  return it == history.end() || it->second.empty() ? 0 : it->second.back().version;
}

std::vector<std::string> AliasFile::AliasesOf(uint64_t version) const {
  std::vector<std::string> aliases;
  for (const auto& [alias, changes] : history) {
    if (!changes.empty() && changes.back().version == version) aliases.push_back(alias);
  }
  return aliases;
}

absl::StatusOr<AliasFile> ReadAliasFile(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (absl::IsNotFound(text.status())) return AliasFile{};
  STANFLOW_RETURN_IF_ERROR(text.status());
  AliasFile file;
  try {
    const nlohmann::json json = nlohmann::json::parse(*text);
    file.highest_deleted = json.at("highest_deleted").get<uint64_t>();
    for (const auto& [alias, changes] : json.at("aliases").items()) {
      for (const auto& change : changes) {
        file.history[alias].push_back(
            {change.at("time_ms").get<int64_t>(), change.at("version").get<uint64_t>()});
      }
    }
  } catch (const nlohmann::json::exception& e) {
    return absl::DataLossError(StrCat(path, ": ", e.what()));
  }
  return file;
}

absl::Status WriteAliasFile(const std::string& path, const AliasFile& file) {
  nlohmann::json aliases = nlohmann::json::object();
  for (const auto& [alias, changes] : file.history) {
    for (const AliasChange& change : changes) {
      aliases[alias].push_back({{"time_ms", change.time_ms}, {"version", change.version}});
    }
  }
  const nlohmann::json json = {{"highest_deleted", file.highest_deleted}, {"aliases", aliases}};
  return WriteFileDurably(path, json.dump(1) + "\n");
}

}  // namespace stanflow
