#include "core/model/module_tensors.h"

#include <ATen/ATen.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/linear.h>

#include <string>

#include "gtest/gtest.h"

namespace stanflow {
namespace {

// Parameters and buffers, of two types.
struct Net : torch::nn::Module {
  explicit Net(int64_t inputs = 3) {
    linear = register_module("linear", torch::nn::Linear(inputs, 2));
    norm = register_module("norm", torch::nn::BatchNorm1d(2));
  }
  torch::nn::Linear linear{nullptr};
  torch::nn::BatchNorm1d norm{nullptr};
};

TensorFile FileOf(const Net& net) {
  TensorFile file;
  EXPECT_TRUE(StoreModule(net, "net.", &file).ok());
  return file;
}

std::string Refusal(TensorFile file) {
  Net net;
  const absl::Status status = LoadModule("net.", &file, &net);
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  return std::string(status.message());
}

TEST(ModuleTensors, ComeBackIntoAnotherModuleAndAreTakenOutOfTheFile) {
  Net from, to;
  {
    at::NoGradGuard no_grad;
    from.norm->running_mean.fill_(7);
    from.norm->num_batches_tracked.fill_(9);
  }
  ASSERT_FALSE(at::equal(from.linear->weight, to.linear->weight));
  TensorFile file = FileOf(from);
  file.tensors["other"] = StoreVector<float>({1});
  ASSERT_TRUE(LoadModule("net.", &file, &to).ok());
  EXPECT_TRUE(at::equal(from.linear->weight, to.linear->weight));
  EXPECT_TRUE(at::equal(from.norm->running_mean, to.norm->running_mean));
  EXPECT_TRUE(at::equal(from.norm->num_batches_tracked, to.norm->num_batches_tracked));
  ASSERT_EQ(file.tensors.size(), 1u);
  EXPECT_EQ(file.tensors.begin()->first, "other");
}

TEST(ModuleTensors, AreRefusedByTheNameOfTheOneThatDoesNotFit) {
  TensorFile lacking = FileOf(Net());
  lacking.tensors.erase("net.linear.bias");
  EXPECT_EQ(Refusal(lacking), "tensor net.linear.bias is missing");
  EXPECT_EQ(Refusal(FileOf(Net(4))), "tensor net.linear.weight has another shape than its net");
  TensorFile other = FileOf(Net());
  other.tensors["net.linear.bias"] = StoreVector<double>({1, 2});
  EXPECT_EQ(Refusal(other), "tensor net.linear.bias is of another type than its net's");
}

TEST(ModuleTensors, AreNeverStoredUnderANameThatIsTaken) {
  TensorFile file = FileOf(Net());
  const absl::Status status = StoreModule(Net(), "net.", &file);
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_NE(status.message().find("net.linear.bias is in the file already"), absl::string_view::npos)
      << status;
  EXPECT_TRUE(StoreModule(Net(), "second.", &file).ok());
}

}  // namespace
}  // namespace stanflow
