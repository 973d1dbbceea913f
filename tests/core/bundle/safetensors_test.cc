#include "core/bundle/safetensors.h"

#include <utility>

#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

TensorFile Sample() {
  TensorFile file;
  file.tensors["a.weight"] = StoreVector<float>({0, 1, 2, 3, 4, 5});
  file.tensors["a.weight"].shape = {2, 3};
  file.tensors["exact"] = StoreVector<double>({0.1, -1e300});
  file.tensors["count"] = StoreVector<int64_t>({int64_t{1} << 40});
  file.tensors["bytes"] = StoreVector<uint8_t>({0, 255, 7, 0, 1});
  file.metadata["format"] = "test";
  return file;
}

TEST(Safetensors, GiveBackWhatWasWritten) {
  const TempDir dir;
  ASSERT_TRUE(WriteTensorFile(dir.File("x"), Sample()).ok());
  const TensorFile back = ReadTensorFile(dir.File("x")).value();
  EXPECT_EQ(back.metadata, Sample().metadata);
  ASSERT_EQ(back.tensors.size(), 4u);
  for (const auto& [name, tensor] : Sample().tensors) {
    EXPECT_EQ(back.tensors.at(name).data, tensor.data) << name;
    EXPECT_EQ(back.tensors.at(name).shape, tensor.shape) << name;
    EXPECT_EQ(back.tensors.at(name).type, tensor.type) << name;
  }
}

TEST(Safetensors, AreReadAsVectorsOfTheirTypeOnly) {
  EXPECT_EQ(LoadVector<double>(Sample(), "exact").value(), (std::vector<double>{0.1, -1e300}));
  EXPECT_TRUE(absl::IsDataLoss(LoadVector<float>(Sample(), "exact").status()));
  EXPECT_TRUE(absl::IsDataLoss(LoadVector<double>(Sample(), "inexact").status()));
}

TEST(Safetensors, AreRefusedCutShortAtEveryByte) {
  const std::string bytes = SerializeTensors(Sample());
  for (size_t n = 0; n < bytes.size(); ++n) {
    const auto status = ParseTensors(std::string_view(bytes).substr(0, n), "cut.safetensors").status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << n;
    EXPECT_NE(status.message().find("cut.safetensors"), absl::string_view::npos);
  }
}

// A file of this header, and `size` bytes of data.
std::string FileOf(const std::string& header, size_t size) {
  std::string bytes(8, '\0');
  bytes[0] = static_cast<char>(header.size());
  return bytes + header + std::string(size, 'x');
}

TEST(Safetensors, AreRefusedWithAHeaderThatLies) {
  for (const char* header :
       {R"({"t":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}})",
        R"({"t":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})",
        R"({"t":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})",
        R"({"t":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}})",
        R"({"t":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", R"({"t":3})", R"({)"}) {
    EXPECT_TRUE(absl::IsDataLoss(ParseTensors(FileOf(header, 8), "x").status())) << header;
  }
}

TEST(Safetensors, AreRefusedWhereTensorsOverlapOrLeaveAGap) {
  const auto file = [](const char* a, const char* b) {
    const auto bytes = [](const char* offsets) {
      return StrCat(R"({"dtype":"U8","shape":[4],"data_offsets":)", offsets, "}");
    };
    return FileOf(StrCat(R"({"a":)", bytes(a), R"(,"b":)", bytes(b), "}"), 8);
  };
  EXPECT_TRUE(ParseTensors(file("[0,4]", "[4,8]"), "x").ok());
  EXPECT_TRUE(ParseTensors(file("[4,8]", "[0,4]"), "x").ok());
  for (const auto& [a, b] : {std::pair("[0,4]", "[0,4]"), {"[0,4]", "[3,7]"}, {"[4,8]", "[4,8]"}})
    EXPECT_TRUE(absl::IsDataLoss(ParseTensors(file(a, b), "x").status())) << a << b;
}

TEST(Safetensors, AreRefusedWithAHeaderThatIsNoObject) {
  EXPECT_TRUE(ParseTensors(FileOf("{}", 0), "x").ok());
  for (const char* header : {"null", "[]", "7", "\"t\""})
    EXPECT_TRUE(absl::IsDataLoss(ParseTensors(FileOf(header, 0), "x").status())) << header;
}

}  // namespace
}  // namespace stanflow
