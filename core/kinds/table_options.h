#ifndef STANFLOW_CORE_KINDS_TABLE_OPTIONS_H_
#define STANFLOW_CORE_KINDS_TABLE_OPTIONS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "core/base/option_table.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/bundle/bundle_folder.h"
#include "nlohmann/json.hpp"

namespace stanflow {

// What kinds have in common whose options are those of one table (core/base/option_table.h).

// A ModelKind's complete_options. `table`: a function that answers the table.
template <auto table>
absl::StatusOr<nlohmann::json> CompleteTableOptions(const std::map<std::string, std::string>& settings) {
  STANFLOW_ASSIGN_OR_RETURN(const auto options, table().Parse(settings));
  return table().ToJson(options);
}

// The options that a bundle was trained with. DATA_LOSS names the manifest and the option.
template <typename Options>
absl::StatusOr<Options> ReadTableOptions(const OptionTable<Options>& table, const BundleFolder& folder) {
  auto options = table.FromJson(folder.manifest.value("options", nlohmann::json()));
  if (!options.ok())
    return absl::DataLossError(StrCat(folder.dir, "/manifest.json: ", options.status().message()));
  return options;
}

}  // namespace stanflow

#endif  // STANFLOW_CORE_KINDS_TABLE_OPTIONS_H_
