#include "core/io/local_copy.h"

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

absl::Status WriteAll(ByteSource* source, const std::string& path) {
  STANFLOW_ASSIGN_OR_RETURN(FileWriter writer, FileWriter::Create(path));
  while (true) {
    STANFLOW_ASSIGN_OR_RETURN(const std::string_view block, source->Next());
    if (block.empty()) return writer.FinishWithoutSync();
    STANFLOW_RETURN_IF_ERROR(writer.Append(block));
  }
}

}  // namespace

absl::StatusOr<LocalCopy> LocalCopy::Of(const ReaderInput& input) {
  if (input.source->compression() == "none") return LocalCopy(input.path, std::nullopt);
  STANFLOW_ASSIGN_OR_RETURN(TemporaryFolder folder, TemporaryFolder::Create(input.options.scratch_dir));
  std::string path = StrCat(folder.path(), "/file");
  STANFLOW_RETURN_IF_ERROR(WriteAll(input.source.get(), path));
  return LocalCopy(std::move(path), std::move(folder));
}

}  // namespace stanflow
