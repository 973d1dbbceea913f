#include "core/export/stream_mark.h"

#include "absl/strings/escaping.h"
#include "core/base/strings.h"
#include "nlohmann/json.hpp"

namespace stanflow {

bool operator==(const StreamMark& a, const StreamMark& b) {
  return a.rows == b.rows && a.token == b.token && a.token_rows == b.token_rows;
}

std::string FormatStreamMark(const StreamMark& mark) {
  return nlohmann::json({{"rows", mark.rows},
                         {"token", absl::Base64Escape(mark.token)},
                         {"token_rows", mark.token_rows}})
      .dump();
}

absl::StatusOr<StreamMark> ParseStreamMark(std::string_view text) {
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  StreamMark mark;
  try {
    mark.rows = json.at("rows");
    mark.token_rows = json.at("token_rows");
    // The library would take -1 and 1.5 for numbers of rows too.
    if (json["rows"].is_number_unsigned() && json["token_rows"].is_number_unsigned() &&
        absl::Base64Unescape(json.at("token").get<std::string>(), &mark.token) &&
        mark.token_rows <= mark.rows) {
      return mark;
    }
  } catch (const nlohmann::json::exception&) {
  }
  return absl::DataLossError(StrCat("'", text.substr(0, 200), "' marks no place in a stream"));
}

}  // namespace stanflow
