#ifndef STANFLOW_CLIENT_CLI_LIB_INPUT_FILES_H_
#define STANFLOW_CLIENT_CLI_LIB_INPUT_FILES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace stanflow {

struct InputFiles {
  std::vector<std::string> paths;    // never empty
  std::vector<std::string> skipped;  // empty files, which hold no flows
  // Whether one file was named and nothing else: "-", standard input, can only be that.
  bool single = false;
};

// What a command's words name, each in its place: a file; all files of a folder and of those in it, in the
// order of their paths, but for hidden ones; or a pattern with *, ? or [...] in it, for where no shell undid
// it, in the order of the paths that fit. NOT_FOUND for a word that names nothing, INVALID_ARGUMENT for "-"
// among others or if only empty files are named.
absl::StatusOr<InputFiles> FindInputFiles(const std::vector<std::string>& words);

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CLI_LIB_INPUT_FILES_H_
