#ifndef STANFLOW_CORE_IO_LOCAL_COPY_H_
#define STANFLOW_CORE_IO_LOCAL_COPY_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "core/io/reader_options.h"
#include "core/io/temporary_folder.h"

namespace stanflow {

// A file that another program can read: the given one, or, if that is compressed, a decompressed copy in the
// options' scratch folder, which goes with this object.
class LocalCopy {
 public:
  // Takes what the input's source holds. Its errors; those of writing name the copy.
  static absl::StatusOr<LocalCopy> Of(const ReaderInput& input);

  const std::string& path() const { return path_; }

 private:
  LocalCopy(std::string path, std::optional<TemporaryFolder> folder)
      : path_(std::move(path)), folder_(std::move(folder)) {}

  std::string path_;
  std::optional<TemporaryFolder> folder_;
};

}  // namespace stanflow

#endif  // STANFLOW_CORE_IO_LOCAL_COPY_H_
