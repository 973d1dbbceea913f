#include "core/generate/baselines/b2_structure.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

constexpr const char* kHour = "hour";
constexpr const char* kPrevious = "previous.";

absl::StatusOr<Attribute> ParseAttribute(absl::string_view word) {
  const std::optional<Attribute> attribute = AttributeFromName(ToStd(word));
  if (attribute == Attribute::kRemoteAddress)
    return absl::InvalidArgumentError("remote_address has too many values to count");
  if (attribute.has_value()) return *attribute;
  return absl::InvalidArgumentError(StrCat("'", word, "' is no attribute"));
}

absl::StatusOr<B2Parent> ParseParent(Attribute child, absl::string_view word) {
  B2Parent parent;
  if (word == kHour) return parent;
  parent.of = absl::ConsumePrefix(&word, kPrevious) ? B2Parent::Of::kPrevious : B2Parent::Of::kSameRow;
  STANFLOW_ASSIGN_OR_RETURN(parent.attribute, ParseAttribute(word));
  if (parent.of == B2Parent::Of::kSameRow && parent.attribute >= child) {
    return absl::InvalidArgumentError(
        StrCat(word, " is not drawn before ", AttributeName(child), "; 'previous.", word, "' would do"));
  }
  return parent;
}

absl::StatusOr<B2Node> ParseNode(absl::string_view text) {
  const std::vector<absl::string_view> sides = absl::StrSplit(text, '|');
  if (sides.size() != 2) {
    return absl::InvalidArgumentError(
        StrCat("'", text, "' is not CHILD|PARENT,PARENT such as bytes|previous.bytes,hour"));
  }
  B2Node node;
  STANFLOW_ASSIGN_OR_RETURN(node.child, ParseAttribute(sides[0]));
  std::set<std::string> seen;
  for (absl::string_view word : absl::StrSplit(sides[1], ',')) {
    STANFLOW_ASSIGN_OR_RETURN(node.parents.emplace_back(), ParseParent(node.child, word));
    if (!seen.insert(std::string(word)).second)
      return absl::InvalidArgumentError(StrCat(word, " is twice a parent of ", AttributeName(node.child)));
  }
  return node;
}

}  // namespace

absl::StatusOr<std::vector<B2Node>> ParseB2Structure(const std::string& text) {
  std::vector<B2Node> nodes;
  std::set<Attribute> children;
  for (absl::string_view part : absl::StrSplit(text, ';')) {
    STANFLOW_ASSIGN_OR_RETURN(nodes.emplace_back(), ParseNode(part));
    if (!children.insert(nodes.back().child).second)
      return absl::InvalidArgumentError(StrCat(AttributeName(nodes.back().child), " is twice a child"));
  }
  std::sort(nodes.begin(), nodes.end(), [](const B2Node& a, const B2Node& b) { return a.child < b.child; });
  return nodes;
}

std::string ToText(const B2Parent& parent) {
  if (parent.of == B2Parent::Of::kHour) return kHour;
  return StrCat(parent.of == B2Parent::Of::kPrevious ? kPrevious : "", AttributeName(parent.attribute));
}

}  // namespace stanflow
