// What the fuzzer found worth keeping, in every build and without libFuzzer.
#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/file.h"
#include "gtest/gtest.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace stanflow {
namespace {

// A broken promise ends the program.
TEST(FuzzCorpus, EveryInputIsReadOrRefusedAsPromised) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(STANFLOW_CORPUS)) {
    paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  EXPECT_GT(paths.size(), 100u);
  for (const std::string& path : paths) {
    const auto bytes = ReadFile(path);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    SCOPED_TRACE(path);
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes->data()), bytes->size());
  }
}

}  // namespace
}  // namespace stanflow
