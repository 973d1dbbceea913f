#include "core/model/torch_device.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <dlfcn.h>

#include "absl/strings/str_cat.h"

namespace stanflow {

std::vector<std::string> AvailableDevices() {
  std::vector<std::string> devices;
  const int n = at::hasCUDA() ? static_cast<int>(at::detail::getCUDAHooks().getNumGPUs()) : 0;
  for (int i = 0; i < n; ++i) devices.push_back(absl::StrCat("cuda:", i));
  if (devices.empty()) devices.push_back("cpu");
  return devices;
}

void MakeTorchRepeatable() {
  [[maybe_unused]] static const bool once = [] {
    at::globalContext().setDeterministicCuDNN(true);
    // Its convolutions would round their inputs to ten bits.
    at::globalContext().setAllowTF32CuDNN(false);
    return true;
  }();
  at::set_num_threads(1);
  // OpenBLAS keeps a pool of its own, which LibTorch's setting does not reach.
  using SetThreads = void (*)(int);
  static const auto set_blas = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  if (set_blas != nullptr) set_blas(1);
}

std::string InstructionSet(const std::string& device) {
  if (device != "cpu") return "cuda";
  if (__builtin_cpu_supports("avx512f")) return "avx512";
  if (__builtin_cpu_supports("avx2")) return "avx2";
  return "generic";
}

}  // namespace stanflow
