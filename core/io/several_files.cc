#include "core/io/several_files.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/io/all_formats.h"

namespace stanflow {
namespace {

class SeveralFiles final : public FlowReader {
 public:
  SeveralFiles(std::vector<NamedFile> files, std::string_view format, ReaderOptions options)
      : files_(std::move(files)), asked_format_(format), options_(std::move(options)) {}

  // Opens the first file.
  absl::Status Begin() {
    for (const NamedFile& file : files_) {
      STANFLOW_ASSIGN_OR_RETURN(const uint64_t size, FileSize(file.path));
      sizes_.push_back(static_cast<double>(size));
      all_ += sizes_.back();
    }
    return OpenCurrent();
  }

  absl::StatusOr<bool> Next(FlowBatch* batch) override {
    while (true) {
      const auto more = reader_->Next(batch);
      if (!more.ok()) return InFile(more.status());
      batch->file = files_[current_].name;
      if (*more) return true;
      if (current_ + 1 == files_.size()) return false;
      done_ += sizes_[current_++];
      STANFLOW_RETURN_IF_ERROR(OpenCurrent());
    }
  }

  double fraction() const override {
    return all_ == 0 ? 1 : std::min(1.0, (done_ + reader_->fraction() * sizes_[current_]) / all_);
  }
  std::string_view format() const override { return format_; }

 private:
  absl::Status OpenCurrent() {
    reader_ = nullptr;  // what it has on disk goes first
    auto reader = OpenFlowReader(files_[current_].path, asked_format_, options_);
    if (!reader.ok()) return InFile(reader.status());
    reader_ = *std::move(reader);
    const std::string name(reader_->format());
    if (std::find(formats_.begin(), formats_.end(), name) != formats_.end()) return absl::OkStatus();
    formats_.push_back(name);
    format_ = absl::StrJoin(formats_, ", ");
    return absl::OkStatus();
  }

  absl::Status InFile(const absl::Status& status) const {
    return {status.code(), StrCat(files_[current_].name, ": ", ToStd(status.message()))};
  }

  const std::vector<NamedFile> files_;
  const std::string asked_format_;
  const ReaderOptions options_;
  std::vector<double> sizes_;  // of each file, bytes on disk
  double all_ = 0, done_ = 0;  // of them: of all files, of those that are read
  size_t current_ = 0;
  std::unique_ptr<FlowReader> reader_;
  std::vector<std::string> formats_;
  std::string format_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<FlowReader>> OpenSeveralFiles(std::vector<NamedFile> files,
                                                             std::string_view format,
                                                             const ReaderOptions& options) {
  auto reader = std::make_unique<SeveralFiles>(std::move(files), format, options);
  STANFLOW_RETURN_IF_ERROR(reader->Begin());
  return reader;
}

}  // namespace stanflow
