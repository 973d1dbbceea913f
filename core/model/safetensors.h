#ifndef STANFLOW_CORE_MODEL_SAFETENSORS_H_
#define STANFLOW_CORE_MODEL_SAFETENSORS_H_

#include <ATen/core/Tensor.h>

#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace stanflow {

// Named tensors of one file in the safetensors layout (8 bytes of little-endian header length,
// a JSON header, the raw data). There is no C++ library of it to be had; Python's reads what
// this writes. float32, int64 and uint8, on the CPU.
struct TensorFile {
  std::map<std::string, at::Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

// The layout as bytes. INVALID_ARGUMENT names a tensor of another type.
absl::StatusOr<std::string> SerializeTensors(const TensorFile& file);
// `source` is what errors call the bytes; otherwise as ReadTensorFile.
absl::StatusOr<TensorFile> ParseTensors(std::string_view bytes, const std::string& source);

// Written to a temporary name, synced, renamed over `path`, the folder synced.
absl::Status WriteTensorFile(const std::string& path, const TensorFile& file);

// DATA_LOSS names the file and what is wrong: short, a header that is no JSON, offsets that do
// not fit the shape or overlap, a type that is not read.
absl::StatusOr<TensorFile> ReadTensorFile(const std::string& path);

}  // namespace stanflow

#endif  // STANFLOW_CORE_MODEL_SAFETENSORS_H_
