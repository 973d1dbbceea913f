#ifndef STANFLOW_TESTS_SUPPORT_FAKE_PROGRAM_H_
#define STANFLOW_TESTS_SUPPORT_FAKE_PROGRAM_H_

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/strings.h"
#include "tests/support/temp_dir.h"

namespace stanflow {

// A shell script in front of PATH under a program's name, for as long as this lives.
class FakeProgram {
 public:
  FakeProgram(const std::string& name, std::string_view script) : path_(::getenv("PATH")) {
    dir_.Write(name, StrCat("#!/bin/sh\n", script));
    std::filesystem::permissions(dir_.File(name), std::filesystem::perms::owner_all);
    ::setenv("PATH", StrCat(dir_.path(), ":", path_).c_str(), 1);
  }
  ~FakeProgram() { ::setenv("PATH", path_.c_str(), 1); }

 private:
  TempDir dir_;
  const std::string path_;
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SUPPORT_FAKE_PROGRAM_H_
