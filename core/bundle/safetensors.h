#ifndef STANFLOW_CORE_BUNDLE_SAFETENSORS_H_
#define STANFLOW_CORE_BUNDLE_SAFETENSORS_H_

#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/base/strings.h"

namespace stanflow {

enum class TensorType { kF32, kF64, kI64, kU8, kU16, kU32, kU64 };

template <typename T>
constexpr TensorType TensorTypeOf() {
  if constexpr (std::is_same_v<T, float>) return TensorType::kF32;
  if constexpr (std::is_same_v<T, double>) return TensorType::kF64;
  if constexpr (std::is_same_v<T, int64_t>) return TensorType::kI64;
  if constexpr (std::is_same_v<T, uint16_t>) return TensorType::kU16;
  if constexpr (std::is_same_v<T, uint32_t>) return TensorType::kU32;
  if constexpr (std::is_same_v<T, uint64_t>) return TensorType::kU64;
  static_assert(std::is_floating_point_v<T> || std::is_same_v<T, int64_t> || std::is_unsigned_v<T>);
  return TensorType::kU8;
}

// Numbers of one type, row-major, as they lie in the file (little-endian). A plain value.
struct StoredTensor {
  TensorType type = TensorType::kU8;
  std::vector<int64_t> shape;
  std::string data;  // as many bytes as the shape's product times the type's size
};

template <typename T>
StoredTensor StoreVector(absl::Span<const T> values) {
  StoredTensor out{TensorTypeOf<T>(), {static_cast<int64_t>(values.size())}, {}};
  out.data.assign(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
  return out;
}

// Named tensors of one file in the safetensors layout (8 bytes of little-endian header length,
// a JSON header, the raw data). There is no C++ library of it to be had; Python's reads what
// this writes.
struct TensorFile {
  std::map<std::string, StoredTensor> tensors;
  std::map<std::string, std::string> metadata;
};

// All numbers of tensor `name`. DATA_LOSS says that it is missing or of another type.
template <typename T>
absl::StatusOr<std::vector<T>> LoadVector(const TensorFile& file, const std::string& name) {
  const auto it = file.tensors.find(name);
  if (it == file.tensors.end()) return absl::DataLossError(StrCat("tensor ", name, " is missing"));
  if (it->second.type != TensorTypeOf<T>())
    return absl::DataLossError(StrCat("tensor ", name, " is of another type"));
  std::vector<T> values(it->second.data.size() / sizeof(T));
  std::memcpy(values.data(), it->second.data.data(), values.size() * sizeof(T));
  return values;
}

std::string SerializeTensors(const TensorFile& file);
// `source` is what errors call the bytes; otherwise as ReadTensorFile.
absl::StatusOr<TensorFile> ParseTensors(std::string_view bytes, const std::string& source);

// Written to a temporary name, synced, renamed over `path`, the folder synced.
absl::Status WriteTensorFile(const std::string& path, const TensorFile& file);

// DATA_LOSS names the file and what is wrong: short, a header that is no JSON object, offsets that do not fit
// the shape, tensors that overlap or leave a gap, a type that is not read.
absl::StatusOr<TensorFile> ReadTensorFile(const std::string& path);

}  // namespace stanflow

#endif  // STANFLOW_CORE_BUNDLE_SAFETENSORS_H_
