#ifndef STANFLOW_TESTS_SERVER_REGISTRY_REGISTRY_TESTING_H_
#define STANFLOW_TESTS_SERVER_REGISTRY_REGISTRY_TESTING_H_

#include <string>

#include "core/base/file.h"
#include "core/base/strings.h"
#include "gtest/gtest.h"

namespace stanflow {

inline void Write(const std::string& path, const std::string& text) {
  const absl::Status status = WriteFileDurably(path, text);
  ASSERT_TRUE(status.ok()) << status;
}

// A bundle's folder as a training leaves it.
inline std::string MakeBundle(const std::string& dir, const std::string& weights = "weights") {
  EXPECT_TRUE(MakeDirectories(dir).ok());
  Write(dir + "/manifest.json", R"({"preset":"fake","hosts":7,"default_start_ms":86400000,"created_ms":5})");
  Write(dir + "/model.safetensors", weights);
  return dir;
}

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SERVER_REGISTRY_REGISTRY_TESTING_H_
