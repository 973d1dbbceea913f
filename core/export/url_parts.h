#ifndef STANFLOW_CORE_EXPORT_URL_PARTS_H_
#define STANFLOW_CORE_EXPORT_URL_PARTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/export/sink_url.h"

namespace stanflow {

// "PART: what is wrong", INVALID_ARGUMENT.
absl::Status BadUrlPart(std::string_view part, std::string_view why);

// "HOST", "HOST:PORT", "[IPV6]" or "[IPV6]:PORT"; `part` names it in errors.
absl::StatusOr<HostPort> ParseHostPort(std::string_view part, std::string_view text, uint16_t default_port);

// "100MB", "64KiB", "1000000B": bytes, more than 0; nothing if the text is of another form.
std::optional<uint64_t> ParseByteCount(std::string_view text);

// What stands behind the '?' of a URL: "KEY=VALUE", separated by '&'.
class UrlOptions {
 public:
  // `known`: the keys there are; each may be given once.
  static absl::StatusOr<UrlOptions> Parse(std::string_view text, const std::vector<std::string>& known);

  // Nothing if it is not given.
  std::optional<std::string> Get(std::string_view key) const;
  // The place in `words` of the key's value; 0 if it is not given.
  absl::StatusOr<int> GetWord(std::string_view key, const std::vector<std::string>& words) const;

 private:
  std::vector<std::pair<std::string, std::string>> options_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_EXPORT_URL_PARTS_H_
