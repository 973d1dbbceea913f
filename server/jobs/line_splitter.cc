#include "server/jobs/line_splitter.h"

namespace stanflow {

void LineSplitter::Append(std::string_view bytes) {
  while (true) {
    const size_t newline = bytes.find('\n');
    Add(bytes.substr(0, newline));
    if (newline == std::string_view::npos) return;
    End();
    bytes.remove_prefix(newline + 1);
  }
}

void LineSplitter::Finish() {
  if (!pending_.empty() || too_long_) End();
}

void LineSplitter::Add(std::string_view part) {
  too_long_ = too_long_ || pending_.size() + part.size() > kMaxBytes;
  if (too_long_) {
    pending_.clear();
  } else {
    pending_.append(part);
  }
}

void LineSplitter::End() {
  if (too_long_) {
    ++dropped_;
  } else {
    line_(pending_);
  }
  pending_.clear();
  too_long_ = false;
}

}  // namespace stanflow
