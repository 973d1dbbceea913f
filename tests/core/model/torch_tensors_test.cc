#include "core/model/torch_tensors.h"

#include <ATen/ATen.h>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

TEST(TorchTensors, ComeBackAsTheyWereStored) {
  for (const at::Tensor& tensor :
       {at::arange(6, at::kFloat).reshape({2, 3}), at::arange(4, at::kDouble), at::tensor(int64_t{7}),
        at::zeros({5}, at::kByte), at::zeros({0, 3}), at::arange(6, at::kFloat).reshape({2, 3}).t()}) {
    const at::Tensor back = LoadTensor(StoreTensor(tensor).value());
    EXPECT_EQ(back.scalar_type(), tensor.scalar_type());
    EXPECT_TRUE(at::equal(back, tensor));
  }
}

TEST(TorchTensors, AreRefusedByNameWithATypeThatNoFileHolds) {
  const absl::Status status = StoreTensors({{"half", at::zeros({1}, at::kHalf)}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("half"), absl::string_view::npos);
}

}  // namespace
}  // namespace stanflow
