#include "core/model/safetensors.h"

#include <ATen/ATen.h>

#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

TensorFile Sample() {
  TensorFile file;
  file.tensors["a.weight"] = at::arange(6, at::kFloat).reshape({2, 3});
  file.tensors["count"] = at::tensor(int64_t{7});
  file.tensors["bytes"] = at::zeros({5}, at::kByte);
  file.metadata["format"] = "test";
  return file;
}

TEST(Safetensors, GiveBackWhatWasWritten) {
  const TempDir dir;
  ASSERT_TRUE(WriteTensorFile(dir.File("x"), Sample()).ok());
  const TensorFile back = ReadTensorFile(dir.File("x")).value();
  EXPECT_EQ(back.metadata, Sample().metadata);
  ASSERT_EQ(back.tensors.size(), 3u);
  for (const auto& [name, tensor] : Sample().tensors)
    EXPECT_TRUE(at::equal(back.tensors.at(name), tensor)) << name;
}

TEST(Safetensors, AreRefusedCutShortAtEveryByte) {
  const std::string bytes = SerializeTensors(Sample()).value();
  for (size_t n = 0; n < bytes.size(); ++n) {
    const auto status = ParseTensors(std::string_view(bytes).substr(0, n), "cut.safetensors").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << n;
    EXPECT_NE(status.message().find("cut.safetensors"), absl::string_view::npos);
  }
}

TEST(Safetensors, AreRefusedWithAHeaderThatLies) {
  for (const char* header :
       {R"({"t":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}})",
        R"({"t":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})",
        R"({"t":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})",
        R"({"t":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}})",
        R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", R"({"t":3})", R"({)"}) {
    const std::string text = header;
    std::string bytes(8, '\0');
    bytes[0] = static_cast<char>(text.size());
    bytes += text + std::string(8, 'x');
    EXPECT_EQ(ParseTensors(bytes, "x").status().code(), absl::StatusCode::kDataLoss) << header;
  }
}

}  // namespace
}  // namespace stanflow
