#include "core/io/line_reader.h"

#include <algorithm>

#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

absl::StatusOr<bool> LineReader::Refill() {
  auto block = source_->Next();
  if (!block.ok()) {
    return absl::Status(block.status().code(),
                        StrCat("line ", number_ + 1, ": ", ToStd(block.status().message())));
  }
  block_ = *block;
  return !block_.empty();
}

void LineReader::Keep(std::string_view part) {
  const size_t room = kMaxLineBytes - std::min(kMaxLineBytes, kept_.size());
  too_long_ = too_long_ || part.size() > room;
  kept_.append(part.substr(0, room));
  keeping_ = true;
}

void LineReader::Give(std::string_view text, Line* line) {
  if (text.size() > kMaxLineBytes) {
    text = text.substr(0, kMaxLineBytes);
    too_long_ = true;
  }
  if (!text.empty() && text.back() == '\r') text.remove_suffix(1);
  if (number_ == 0 && text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  *line = {text, ++number_, too_long_};
  too_long_ = false;
}

absl::StatusOr<bool> LineReader::Next(Line* line) {
  while (true) {
    const size_t end = block_.find('\n');
    if (end != std::string_view::npos) {
      const std::string_view head = block_.substr(0, end);
      block_.remove_prefix(end + 1);
      if (!keeping_) {
        Give(head, line);
        return true;
      }
      Keep(head);
      break;
    }
    if (!block_.empty()) Keep(block_);
    STANFLOW_ASSIGN_OR_RETURN(const bool more, Refill());
    if (more) continue;
    if (!keeping_) return false;
    break;
  }
  joined_.swap(kept_);
  kept_.clear();
  keeping_ = false;
  Give(joined_, line);
  return true;
}

}  // namespace stanflow
