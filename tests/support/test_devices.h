#ifndef STANFLOW_TESTS_SUPPORT_TEST_DEVICES_H_
#define STANFLOW_TESTS_SUPPORT_TEST_DEVICES_H_

#include <string>
#include <vector>

#include "core/model/torch_device.h"

namespace stanflow {

// What tests of models compute on: the CPU, and the first GPU where there is one.
inline std::vector<std::string> TestDevices() {
  const std::string first = AvailableDevices().front();
  if (first == "cpu") return {"cpu"};
  return {"cpu", first};
}

// "cuda:0" as part of a test's name: "Cuda".
inline std::string DeviceInName(const std::string& device) { return device == "cpu" ? "Cpu" : "Cuda"; }

}  // namespace stanflow

#endif  // STANFLOW_TESTS_SUPPORT_TEST_DEVICES_H_
