#include "server/registry/resource_name.h"

#include "absl/strings/numbers.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsId(std::string_view id) {
  if (id.empty() || id.size() > 63 || !(IsLower(id[0]) || IsDigit(id[0]))) return false;
  for (const char c : id) {
    if (!IsLower(c) && !IsDigit(c) && c != '-' && c != '_') return false;
  }
  return true;
}

bool ConsumePrefix(std::string_view* text, std::string_view prefix) {
  if (text->substr(0, prefix.size()) != prefix) return false;
  text->remove_prefix(prefix.size());
  return true;
}

absl::StatusOr<uint64_t> ParseVersion(std::string_view field, std::string_view text) {
  uint64_t version = 0;
  if (!absl::SimpleAtoi(ToAbsl(text), &version) || version == 0) {
    return absl::InvalidArgumentError(StrCat(field, ": '", text, "' is no version; versions are 1, 2, ..."));
  }
  return version;
}

}  // namespace

absl::Status ValidateId(std::string_view field, std::string_view id) {
  if (IsId(id)) return absl::OkStatus();
  return absl::InvalidArgumentError(StrCat(
      field, ": '", id.substr(0, 80), "' is no name; use 1 to 63 lower-case letters, digits, '-' and '_', ",
      "starting with a letter or digit"));
}

absl::Status ValidateAlias(std::string_view field, std::string_view alias) {
  if (IsId(alias) && IsLower(alias[0])) return absl::OkStatus();
  return absl::InvalidArgumentError(StrCat(field, ": '", alias.substr(0, 80),
                                           "' is no alias; use 1 to 63 lower-case letters, digits, '-' and ",
                                           "'_', starting with a letter"));
}

absl::StatusOr<std::string> ParseId(std::string_view field, std::string_view collection,
                                    std::string_view name) {
  ConsumePrefix(&name, StrCat(collection, "/"));
  STANFLOW_RETURN_IF_ERROR(ValidateId(field, name));
  return std::string(name);
}

std::string VersionId::ToString() const { return StrCat("models/", model, "/versions/", version); }

absl::StatusOr<ModelReference> ParseModelReference(std::string_view field, std::string_view name) {
  ConsumePrefix(&name, "models/");
  ModelReference reference;
  const size_t slash = name.find("/versions/");
  const size_t at = name.find('@');
  const size_t end = slash != name.npos ? slash : at;
  reference.model = std::string(name.substr(0, end));
  STANFLOW_RETURN_IF_ERROR(ValidateId(field, reference.model));
  if (slash != name.npos) {
    STANFLOW_ASSIGN_OR_RETURN(reference.version, ParseVersion(field, name.substr(slash + 10)));
  } else if (at != name.npos) {
    const std::string_view rest = name.substr(at + 1);
    if (!rest.empty() && IsDigit(rest[0])) {
      STANFLOW_ASSIGN_OR_RETURN(reference.version, ParseVersion(field, rest));
    } else {
      STANFLOW_RETURN_IF_ERROR(ValidateAlias(field, rest));
      reference.alias = std::string(rest);
    }
  }
  return reference;
}

}  // namespace stanflow
