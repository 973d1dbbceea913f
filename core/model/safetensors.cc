#include "core/model/safetensors.h"

#include <ATen/ATen.h>

#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

struct TypeName {
  const char* name;
  at::ScalarType type;
};
constexpr TypeName kTypes[] = {{"F32", at::kFloat}, {"I64", at::kLong}, {"U8", at::kByte}};

constexpr uint64_t kMaxHeader = 100 << 20;

const TypeName* FindType(const std::string& name) {
  for (const TypeName& t : kTypes) {
    if (name == t.name) return &t;
  }
  return nullptr;
}

absl::StatusOr<at::Tensor> ParseTensor(const std::string& name, const nlohmann::json& json,
                                       std::string_view data) {
  const std::string type_name = json.at("dtype");
  const TypeName* type = FindType(type_name);
  if (type == nullptr)
    return absl::DataLossError(absl::StrCat("tensor ", name, ": type ", type_name, " is not read"));
  const auto shape = json.at("shape").get<std::vector<int64_t>>();
  const auto offsets = json.at("data_offsets").get<std::vector<uint64_t>>();
  uint64_t size = c10::elementSize(type->type);
  for (int64_t d : shape) {
    if (d < 0 || (d > 0 && size > data.size() / static_cast<uint64_t>(d))) {
      return absl::DataLossError(absl::StrCat("tensor ", name, ": shape is larger than the file"));
    }
    size *= static_cast<uint64_t>(d);
  }
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data.size() ||
      offsets[1] - offsets[0] != size) {
    return absl::DataLossError(absl::StrCat("tensor ", name, ": its offsets do not fit its shape"));
  }
  at::Tensor tensor = at::empty(shape, at::TensorOptions().dtype(type->type));
  if (size > 0) std::memcpy(tensor.data_ptr(), data.data() + offsets[0], size);
  return tensor;
}

}  // namespace

absl::StatusOr<std::string> SerializeTensors(const TensorFile& file) {
  nlohmann::json header;
  header["__metadata__"] = file.metadata;
  std::vector<at::Tensor> kept;
  uint64_t offset = 0;
  for (const auto& [name, tensor] : file.tensors) {
    const at::Tensor on_cpu = tensor.detach().cpu().contiguous();
    const char* type = nullptr;
    for (const TypeName& t : kTypes) {
      if (t.type == on_cpu.scalar_type()) type = t.name;
    }
    if (type == nullptr)
      return absl::InvalidArgumentError(absl::StrCat("tensor ", name, ": type can't be written"));
    header[name] = {{"dtype", type},
                    {"shape", on_cpu.sizes().vec()},
                    {"data_offsets", {offset, offset + on_cpu.nbytes()}}};
    offset += on_cpu.nbytes();
    kept.push_back(on_cpu);
  }
  std::string text = header.dump();
  // Data is aligned for readers that map the file.
  text.resize((text.size() + 7) / 8 * 8, ' ');
  std::string contents;
  contents.reserve(8 + text.size() + offset);
  const uint64_t length = text.size();
  for (int i = 0; i < 8; ++i) contents.push_back(static_cast<char>(length >> (8 * i) & 255));
  contents += text;
  for (const at::Tensor& t : kept) contents.append(static_cast<const char*>(t.data_ptr()), t.nbytes());
  return contents;
}

absl::Status WriteTensorFile(const std::string& path, const TensorFile& file) {
  STANFLOW_ASSIGN_OR_RETURN(const std::string contents, SerializeTensors(file));
  return WriteFileDurably(path, contents);
}

absl::StatusOr<TensorFile> ReadTensorFile(const std::string& path) {
  STANFLOW_ASSIGN_OR_RETURN(const MappedFile mapped, MappedFile::Open(path));
  return ParseTensors(mapped.bytes(), path);
}

absl::StatusOr<TensorFile> ParseTensors(std::string_view bytes, const std::string& source) {
  const auto damaged = [&](const std::string& what) {
    return absl::DataLossError(absl::StrCat(source, ": ", what));
  };
  if (bytes.size() < 8) return damaged("too short for a safetensors file");
  uint64_t length = 0;
  for (int i = 0; i < 8; ++i) length |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  if (length > kMaxHeader || length > bytes.size() - 8) return damaged("the header is longer than the file");
  TensorFile file;
  try {
    const auto header = nlohmann::json::parse(bytes.substr(8, length));
    const std::string_view data = bytes.substr(8 + length);
    uint64_t total = 0;
    for (const auto& [name, json] : header.items()) {
      if (name == "__metadata__") {
        file.metadata = json.get<std::map<std::string, std::string>>();
        continue;
      }
      auto tensor = ParseTensor(name, json, data);
      if (!tensor.ok()) return damaged(std::string(tensor.status().message()));
      total += tensor->nbytes();
      file.tensors.emplace(name, *std::move(tensor));
    }
    if (total != data.size()) return damaged("tensors and data differ in size");
  } catch (const nlohmann::json::exception& e) {
    return damaged(absl::StrCat("header: ", e.what()));
  }
  return file;
}

}  // namespace stanflow
