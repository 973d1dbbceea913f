#include "client/cli/lib/progress.h"

#include <algorithm>
#include <cmath>

#include "client/cli/lib/format.h"
#include "client/cli/lib/job_text.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

constexpr int kBarWidth = 20;
constexpr std::chrono::milliseconds kInterval{100};
constexpr std::string_view kStartOfLine = "\r\x1b[K";

// The first `columns` characters of UTF-8 text.
std::string_view Shorten(std::string_view text, int columns) {
  size_t i = 0;
  for (; i < text.size(); ++i) {
    if ((text[i] & 0xC0) != 0x80 && columns-- == 0) break;
  }
  return text.substr(0, i);
}

}  // namespace

void ProgressLine::Show(std::string_view line) {
  const auto now = std::chrono::steady_clock::now();
  if (!visible() || (shown_ && now - last_ < kInterval)) return;
  last_ = now;
  shown_ = true;
  err_->Write(StrCat(kStartOfLine, Shorten(line, err_->width() - 1))).IgnoreError();
}

void ProgressLine::Clear() {
  if (shown_) err_->Write(kStartOfLine).IgnoreError();
  shown_ = false;
}

std::string ProgressBar(double fraction) {
  const double share = std::clamp(std::isfinite(fraction) ? fraction : 0, 0.0, 1.0);
  const auto full = static_cast<size_t>(share * kBarWidth);
  const std::string percent = FormatFixed(std::floor(100 * share), 0);
  return StrCat("[", std::string(full, '#'), std::string(kBarWidth - full, '.'), "] ",
                std::string(3 - std::min<size_t>(3, percent.size()), ' '), percent, " %");
}

std::string DescribeProgress(stanflow::v1::JobState state, const stanflow::v1::JobProgress& progress) {
  if (state == stanflow::v1::JOB_STATE_QUEUED) return "waiting for a worker";
  std::string out = ProgressBar(progress.fraction());
  StrAppend(&out, "  ", state == stanflow::v1::JOB_STATE_RUNNING ? progress.phase() : StateName(state));
  if (!progress.attribute().empty()) StrAppend(&out, "  ", progress.attribute());
  if (progress.epoch() > 0) StrAppend(&out, "  epoch ", progress.epoch());
  if (progress.nats() != 0) StrAppend(&out, "  ", FormatFixed(progress.nats(), 3), " nats");
  if (progress.rows_per_second() > 0) {
    StrAppend(&out, "  ", FormatCount(static_cast<uint64_t>(progress.rows_per_second())), " rows/s");
  }
  if (progress.seconds_left() > 0) StrAppend(&out, "  ", FormatSeconds(progress.seconds_left()), " left");
  if (!progress.message().empty()) StrAppend(&out, "  ", progress.message());
  return out;
}

}  // namespace stanflow
