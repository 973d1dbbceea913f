#ifndef STANFLOW_CORE_MODEL_TORCH_DEVICE_H_
#define STANFLOW_CORE_MODEL_TORCH_DEVICE_H_

#include <string>
#include <vector>

namespace stanflow {

// Every device that LibTorch can compute on: "cuda:0", "cuda:1", ..., or "cpu" where there is none.
std::vector<std::string> AvailableDevices();

// Makes LibTorch's numbers the same in every run: it and its matrix library compute on the calling thread
// alone, cuDNN by its deterministic algorithms and in whole floats. Parallelism is over attributes (training)
// and tiles (generation): both give the same numbers at any number of threads, which splitting one matrix
// product does not. Call it on every thread that computes.
void MakeTorchRepeatable();

// What the numbers of a device depend on besides the program: "avx2", "avx512", "cuda".
std::string InstructionSet(const std::string& device);

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_TORCH_DEVICE_H_
