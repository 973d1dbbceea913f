#include "core/dataset/reject_report.h"

#include <algorithm>

#include "core/base/strings.h"

namespace stanflow {
namespace {

constexpr size_t kMaxKinds = 64;
constexpr size_t kShown = 3;

// "column pkt: 'x' is not a number" -> "column pkt: '' is not a number".
std::string KindOf(std::string_view reason) {
  const size_t open = reason.find('\''), close = reason.rfind('\'');
  if (open == close) return std::string(reason);
  return StrCat(reason.substr(0, open + 1), reason.substr(close));
}

std::string LineAndReason(const RejectedRow& row) {
  return StrCat(row.file, row.file.empty() ? "" : " ", "line ", row.line, " ", row.reason);
}

std::string Percent(double share) { return StrCat(share * 100, " %"); }

}  // namespace

void RejectReport::Add(const RejectedRow& row) {
  ++count_;
  if (kept_.size() < kKept) kept_.push_back(row);
  const std::string kind = KindOf(row.reason);
  const auto found = kinds_.find(kind);
  if (found != kinds_.end()) {
    ++found->second.count;
  } else if (kinds_.size() < kMaxKinds) {
    kinds_[kind] = {1, row};
  }
}

void RejectReport::Restore(uint64_t count, const std::vector<RejectedRow>& kept) {
  *this = RejectReport();
  for (const RejectedRow& row : kept) Add(row);
  count_ = count;
}

std::string RejectReport::Describe() const {
  const auto commonest = std::max_element(kinds_.begin(), kinds_.end(), [](const auto& a, const auto& b) {
    return a.second.count < b.second.count;
  });
  std::string text =
      StrCat("most often (", commonest->second.count, "): ", LineAndReason(commonest->second.first));
  size_t shown = 0;
  for (const auto& [name, kind] : kinds_) {
    if (name == commonest->first || shown == kShown) continue;
    StrAppend(&text, shown++ == 0 ? "; also: " : "; ", LineAndReason(kind.first));
  }
  return text;
}

absl::Status RejectReport::Check(uint64_t accepted, double max_share) const {
  const uint64_t rows = accepted + count_;
  if (rows == 0) return absl::InvalidArgumentError("the file holds no rows");
  if (accepted == 0) {
    return absl::InvalidArgumentError(StrCat("none of the ", rows, " rows can be used; ", Describe()));
  }
  const double share = static_cast<double>(count_) / static_cast<double>(rows);
  if (share <= max_share) return absl::OkStatus();
  return absl::InvalidArgumentError(StrCat(count_, " of ", rows, " rows (", Percent(share),
                                           ") can't be used, at most ", Percent(max_share), " may be; ",
                                           Describe()));
}

}  // namespace stanflow
