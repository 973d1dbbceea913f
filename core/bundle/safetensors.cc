#include "core/bundle/safetensors.h"

#include <algorithm>
#include <utility>

#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

struct TypeRow {
  const char* name;
  TensorType type;
  size_t size;
};
constexpr TypeRow kTypes[] = {{"F32", TensorType::kF32, 4}, {"F64", TensorType::kF64, 8},
                              {"I64", TensorType::kI64, 8}, {"U8", TensorType::kU8, 1},
                              {"U16", TensorType::kU16, 2}, {"U32", TensorType::kU32, 4},
                              {"U64", TensorType::kU64, 8}};

constexpr uint64_t kMaxHeader = 100 << 20;

const TypeRow& RowOf(TensorType type) { return kTypes[static_cast<int>(type)]; }

const TypeRow* FindType(const std::string& name) {
  for (const TypeRow& t : kTypes) {
    if (name == t.name) return &t;
  }
  return nullptr;
}

// Where a tensor's bytes lie in the data: [first, second).
using Range = std::pair<uint64_t, uint64_t>;

bool LieEndToEnd(std::vector<Range> ranges, uint64_t size) {
  std::sort(ranges.begin(), ranges.end());
  uint64_t end = 0;
  for (const Range& range : ranges) {
    if (range.first != end) return false;
    end = range.second;
  }
  return end == size;
}

absl::StatusOr<StoredTensor> ParseTensor(const std::string& name, const nlohmann::json& json,
                                         std::string_view data, Range* range) {
  const std::string type_name = json.at("dtype");
  const TypeRow* type = FindType(type_name);
  if (type == nullptr)
    return absl::DataLossError(StrCat("tensor ", name, ": type ", type_name, " is not read"));
  StoredTensor tensor{type->type, json.at("shape").get<std::vector<int64_t>>(), {}};
  const auto offsets = json.at("data_offsets").get<std::vector<uint64_t>>();
  uint64_t size = type->size;
  for (int64_t d : tensor.shape) {
    if (d < 0 || (d > 0 && size > data.size() / static_cast<uint64_t>(d))) {
      return absl::DataLossError(StrCat("tensor ", name, ": shape is larger than the file"));
    }
    size *= static_cast<uint64_t>(d);
  }
  if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data.size() ||
      offsets[1] - offsets[0] != size) {
    return absl::DataLossError(StrCat("tensor ", name, ": its offsets do not fit its shape"));
  }
  *range = {offsets[0], offsets[1]};
  tensor.data = data.substr(offsets[0], size);
  return tensor;
}

}  // namespace

std::string SerializeTensors(const TensorFile& file) {
  nlohmann::json header;
  header["__metadata__"] = file.metadata;
  uint64_t offset = 0;
  for (const auto& [name, tensor] : file.tensors) {
    header[name] = {{"dtype", RowOf(tensor.type).name},
                    {"shape", tensor.shape},
                    {"data_offsets", {offset, offset + tensor.data.size()}}};
    offset += tensor.data.size();
  }
  std::string text = header.dump();
  // Data is aligned for readers that map the file.
  text.resize((text.size() + 7) / 8 * 8, ' ');
  std::string contents;
  contents.reserve(8 + text.size() + offset);
  const uint64_t length = text.size();
  for (int i = 0; i < 8; ++i) contents.push_back(static_cast<char>(length >> (8 * i) & 255));
  contents += text;
  for (const auto& [name, tensor] : file.tensors) contents += tensor.data;
  return contents;
}

absl::Status WriteTensorFile(const std::string& path, const TensorFile& file) {
  return WriteFileDurably(path, SerializeTensors(file));
}

absl::StatusOr<TensorFile> ReadTensorFile(const std::string& path) {
  STANFLOW_ASSIGN_OR_RETURN(const MappedFile mapped, MappedFile::Open(path));
  return ParseTensors(mapped.bytes(), path);
}

absl::StatusOr<TensorFile> ParseTensors(std::string_view bytes, const std::string& source) {
  const auto damaged = [&](std::string_view what) { return absl::DataLossError(StrCat(source, ": ", what)); };
  if (bytes.size() < 8) return damaged("too short for a safetensors file");
  uint64_t length = 0;
  for (int i = 0; i < 8; ++i) length |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[i])) << (8 * i);
  if (length > kMaxHeader || length > bytes.size() - 8) return damaged("the header is longer than the file");
  TensorFile file;
  try {
    const auto header = nlohmann::json::parse(bytes.substr(8, length));
    if (!header.is_object()) return damaged("the header is no JSON object");
    const std::string_view data = bytes.substr(8 + length);
    std::vector<Range> ranges;
    for (const auto& [name, json] : header.items()) {
      if (name == "__metadata__") {
        file.metadata = json.get<std::map<std::string, std::string>>();
        continue;
      }
      auto tensor = ParseTensor(name, json, data, &ranges.emplace_back());
      if (!tensor.ok()) return damaged(ToStd(tensor.status().message()));
      file.tensors.emplace(name, *std::move(tensor));
    }
    if (!LieEndToEnd(std::move(ranges), data.size()))
      return damaged("the tensors overlap or are not all of the data");
  } catch (const nlohmann::json::exception& e) {
    return damaged(StrCat("header: ", e.what()));
  }
  return file;
}

}  // namespace stanflow
