#include "core/export/file_sink.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/export/file_parts.h"
#include "core/export/sink_position.h"
#include "core/flow/time.h"
#include "core/io/all_formats.h"

namespace stanflow {
namespace {

bool IsThere(const std::string& path) {
  std::error_code error;
  return std::filesystem::symlink_status(path, error).type() != std::filesystem::file_type::not_found;
}

absl::Status NotOurs(const std::string& path) {
  return absl::FailedPreconditionError(
      StrCat(path, " is there and is not this stream's; move it away, or name another file"));
}

// A file only, never a folder.
absl::Status Remove(const std::string& path) {
  if (::unlink(path.c_str()) == 0 || errno == ENOENT) return absl::OkStatus();
  return ErrnoToStatus(errno, "can't remove", path);
}

absl::Status Rename(const std::string& from, const std::string& to) {
  if (IsThere(to)) return NotOurs(to);
  if (std::rename(from.c_str(), to.c_str()) != 0) return ErrnoToStatus(errno, "can't rename to", to);
  return absl::OkStatus();
}

class FileSinkImpl final : public FlowSink {
 public:
  FileSinkImpl(const FileSink& url, const SinkOptions& options, const std::string& path,
               std::unique_ptr<FlowWriter> writer)
      : url_(url),
        options_(options),
        path_(path),
        name_(StrCat("file ", absl::CEscape(path), ": part, its bytes, its interval")),
        parts_(path),
        writer_(std::move(writer)) {
    writer_->AppendHeader(&header_);
  }

  absl::Status Open() {
    STANFLOW_ASSIGN_OR_RETURN(const std::optional<SinkPosition> position,
                              ReadSinkPosition(options_, name_, kNumbers));
    if (!position || position->numbers[0] == 0) {
      const absl::Status begun = BeginStream(position.has_value());
      // What has the name is another stream's: it is not to seem this one's at another try.
      if (absl::IsFailedPrecondition(begun)) STANFLOW_RETURN_IF_ERROR(RemoveSinkPosition(options_));
      return begun;
    }
    resumed_ = position->mark;
    part_ = position->numbers[0];
    bytes_ = position->numbers[1];
    interval_ms_ = static_cast<int64_t>(position->numbers[2]);
    if (rotates()) STANFLOW_RETURN_IF_ERROR(TidyParts());
    return ContinuePart();
  }

  const StreamMark& resumed() const override { return resumed_; }
  bool sends_again() const override { return false; }

  absl::Status Write(const FlowTable& flows, size_t begin, size_t end) override {
    while (begin < end) {
      const size_t next = rotates() ? begin + 1 : std::min(end, begin + kRowsAtOnce);
      text_.clear();
      writer_->AppendRows(flows, begin, next, &text_);
      if (rotates()) STANFLOW_RETURN_IF_ERROR(RotateFor(flows.end_ms[begin]));
      STANFLOW_RETURN_IF_ERROR(AppendText());
      counts_.flows += next - begin;
      begin = next;
    }
    return absl::OkStatus();
  }

  absl::Status Commit(const StreamMark& mark) override {
    if (file_) STANFLOW_RETURN_IF_ERROR(file_->Sync());
    // The names of files that were begun since.
    STANFLOW_RETURN_IF_ERROR(SyncDirectory(parts_.folder()));
    STANFLOW_RETURN_IF_ERROR(WritePosition(mark));
    return CompleteParts();
  }

  absl::Status Finish() override {
    if (!file_) return absl::OkStatus();
    STANFLOW_RETURN_IF_ERROR(EndPart());
    return CompleteParts();
  }

  SinkCounts counts() const override { return counts_; }

 private:
  static constexpr size_t kNumbers = 3;
  static constexpr size_t kRowsAtOnce = 4096;

  bool rotates() const { return url_.rotate_ms > 0 || url_.rotate_bytes > 0; }

  absl::Status WritePosition(const StreamMark& mark) const {
    return WriteSinkPosition(options_, name_, {mark, {part_, bytes_, static_cast<uint64_t>(interval_ms_)}});
  }

  // `again`: a process died while it did this.
  absl::Status BeginStream(bool again) {
    if (again) STANFLOW_RETURN_IF_ERROR(RemoveUnbegun());
    STANFLOW_RETURN_IF_ERROR(CheckNothingIsThere());
    STANFLOW_RETURN_IF_ERROR(MakeDirectories(parts_.folder()));
    // From now on a file of the name with a header or less is this stream's; without that a process that died
    // here would leave one that is nobody's.
    STANFLOW_RETURN_IF_ERROR(WritePosition({}));
    STANFLOW_RETURN_IF_ERROR(BeginPart());
    // And from now on the file whatever it holds.
    return Commit({});
  }

  // One that holds flows was made by a stream that took the name since.
  absl::Status RemoveUnbegun() const {
    const std::string path = rotates() ? parts_.Incomplete(1) : path_;
    if (!IsThere(path)) return absl::OkStatus();
    STANFLOW_ASSIGN_OR_RETURN(const uint64_t size, FileSize(path));
    return size > header_.size() ? absl::OkStatus() : Remove(path);
  }

  absl::Status CheckNothingIsThere() const {
    if (!rotates()) return IsThere(path_) ? NotOurs(path_) : absl::OkStatus();
    STANFLOW_ASSIGN_OR_RETURN(const auto found, parts_.Find());
    if (found.empty()) return absl::OkStatus();
    const uint64_t number = found[0].number;
    return NotOurs(found[0].complete ? parts_.Complete(number) : parts_.Incomplete(number));
  }

  // After a crash between a Commit and the next: removes parts behind it, and names those before it.
  absl::Status TidyParts() {
    STANFLOW_ASSIGN_OR_RETURN(const auto found, parts_.Find());
    for (const FileParts::Found& part : found) {
      if (part.complete) continue;
      if (part.number > part_) STANFLOW_RETURN_IF_ERROR(Remove(parts_.Incomplete(part.number)));
      if (part.number < part_) ended_.push_back(part.number);
    }
    return CompleteParts();
  }

  // The part of the newest Commit, cut back to it.
  absl::Status ContinuePart() {
    file_path_ = path_;
    if (rotates()) {
      const std::string incomplete = parts_.Incomplete(part_);
      // After Finish it has its complete name already.
      file_path_ = IsThere(incomplete) ? incomplete : parts_.Complete(part_);
    }
    absl::StatusOr<FileWriter> file = FileWriter::Continue(file_path_, bytes_);
    if (absl::IsNotFound(file.status())) {
      return absl::DataLossError(StrCat(file_path_, " is gone; ", bytes_,
                                        " bytes of this stream were in it; start the stream anew"));
    }
    if (!file.ok()) return file.status();
    file_ = std::move(*file);
    return absl::OkStatus();
  }

  absl::Status BeginPart() {
    const uint64_t number = part_ + 1;
    if (rotates() && IsThere(parts_.Complete(number))) return NotOurs(parts_.Complete(number));
    const std::string path = rotates() ? parts_.Incomplete(number) : path_;
    absl::StatusOr<FileWriter> file = FileWriter::CreateNew(path);
    if (absl::IsAlreadyExists(file.status())) return NotOurs(path);
    if (!file.ok()) return file.status();
    file_ = std::move(*file);
    file_path_ = path;
    part_ = number;
    bytes_ = header_.size();
    counts_.bytes += header_.size();
    return file_->Append(header_);
  }

  absl::Status EndPart() {
    STANFLOW_RETURN_IF_ERROR(file_->Finish());
    file_.reset();
    if (rotates() && file_path_ == parts_.Incomplete(part_)) ended_.push_back(part_);
    return absl::OkStatus();
  }

  // Sees to it that the flow in text_, which ends at `end_ms`, goes to the right part.
  absl::Status RotateFor(int64_t end_ms) {
    const int64_t interval_ms = url_.rotate_ms > 0 ? FloorTo(end_ms, url_.rotate_ms) : 0;
    // The first part is there before its first flow, which decides on its interval.
    if (bytes_ > header_.size()) {
      const bool over = url_.rotate_ms > 0 && interval_ms > interval_ms_;
      const bool full = url_.rotate_bytes > 0 && bytes_ + text_.size() > url_.rotate_bytes;
      if (!over && !full) return absl::OkStatus();
      STANFLOW_RETURN_IF_ERROR(EndPart());
      STANFLOW_RETURN_IF_ERROR(BeginPart());
    }
    interval_ms_ = interval_ms;
    return absl::OkStatus();
  }

  absl::Status AppendText() {
    bytes_ += text_.size();
    counts_.bytes += text_.size();
    return file_->Append(text_);
  }

  // Parts that have ended get their names.
  absl::Status CompleteParts() {
    for (const uint64_t number : ended_) {
      STANFLOW_RETURN_IF_ERROR(Rename(parts_.Incomplete(number), parts_.Complete(number)));
    }
    if (!ended_.empty()) STANFLOW_RETURN_IF_ERROR(SyncDirectory(parts_.folder()));
    ended_.clear();
    return absl::OkStatus();
  }

  const FileSink url_;
  const SinkOptions options_;
  const std::string path_, name_;
  const FileParts parts_;
  const std::unique_ptr<FlowWriter> writer_;
  std::string header_;
  StreamMark resumed_;
  SinkCounts counts_;
  std::string text_;

  // The part that is open: its number (0: opening has not made its file yet), bytes and, by time, interval's
  // begin. `file_` is empty after Finish.
  uint64_t part_ = 0, bytes_ = 0;
  int64_t interval_ms_ = 0;
  std::optional<FileWriter> file_;
  std::string file_path_;
  // Complete and synced, but not yet named so, because no Commit has covered them.
  std::vector<uint64_t> ended_;
};

}  // namespace

absl::Status CheckFileSink(const FileSink& url, const SinkOptions& options) {
  STANFLOW_RETURN_IF_ERROR(NewFlowWriter(url.format).status());
  return ResolveFileIn(options.file_dir, url.path).status();
}

absl::StatusOr<std::unique_ptr<FlowSink>> OpenFileSink(const FileSink& url, const SinkOptions& options) {
  STANFLOW_ASSIGN_OR_RETURN(std::unique_ptr<FlowWriter> writer, NewFlowWriter(url.format));
  STANFLOW_ASSIGN_OR_RETURN(const std::string path, ResolveFileIn(options.file_dir, url.path));
  auto sink = std::make_unique<FileSinkImpl>(url, options, path, std::move(writer));
  STANFLOW_RETURN_IF_ERROR(sink->Open());
  return sink;
}

}  // namespace stanflow
