#include "core/io/ipfix_messages.h"

#include <algorithm>

#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

constexpr size_t kSetHeadBytes = 4;

}  // namespace

absl::Status CheckIpfixHead(std::string_view head) {
  if (ReadBe16(head, 0) != kIpfixVersion) {
    return absl::InvalidArgumentError(
        StrCat("does not begin with version 10 of an IPFIX message, but with ", ReadBe16(head, 0)));
  }
  if (ReadBe16(head, 2) < kIpfixHeadBytes) {
    return absl::InvalidArgumentError(
        StrCat("says ", ReadBe16(head, 2), " bytes, where an IPFIX message's head alone has 16"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<IpfixSet>> SplitIpfixMessage(std::string_view message) {
  std::vector<IpfixSet> sets;
  std::string_view left = message.substr(kIpfixHeadBytes);
  while (!left.empty()) {
    const size_t size = left.size() < kSetHeadBytes ? 0 : ReadBe16(left, 2);
    if (size < kSetHeadBytes || size > left.size()) {
      return absl::InvalidArgumentError(
          StrCat("set ", sets.size() + 1, " of it says ", size, " bytes, where ", left.size(), " are left"));
    }
    sets.push_back({ReadBe16(left, 0), left.substr(0, size)});
    left.remove_prefix(size);
  }
  return sets;
}

absl::StatusOr<std::string_view> IpfixMessages::Next() {
  message_.clear();
  STANFLOW_ASSIGN_OR_RETURN(const bool more, Fill(kIpfixHeadBytes));
  if (!more && message_.empty()) return std::string_view();
  ++number_;
  if (more) {
    const absl::Status head = CheckIpfixHead(message_);
    if (!head.ok()) return absl::DataLossError(StrCat("message ", number_, " ", ToStd(head.message())));
    STANFLOW_ASSIGN_OR_RETURN(const bool whole, Fill(ReadBe16(message_, 2)));
    if (whole) return std::string_view(message_);
  }
  return absl::DataLossError(
      StrCat("the file breaks off after ", message_.size(), " bytes of message ", number_));
}

// Makes the message `bytes` long; false if the source ends before.
absl::StatusOr<bool> IpfixMessages::Fill(size_t bytes) {
  while (message_.size() < bytes) {
    if (block_.empty()) {
      STANFLOW_ASSIGN_OR_RETURN(block_, source_->Next());
      if (block_.empty()) return false;
    }
    const std::string_view part = block_.substr(0, bytes - message_.size());
    message_.append(part);
    block_.remove_prefix(part.size());
  }
  return true;
}

}  // namespace stanflow
