#include "core/gan/flow_encoding.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"
#include "core/codec/output_set.h"
#include "core/flow/protocol.h"

namespace stanflow {
namespace {

constexpr const char* kNames[] = {"n", "b", "e"};
constexpr uint64_t kMost32 = 0xFFFFFFFF;

}  // namespace

const char* WpGanEncodingName(WpGanEncoding encoding) { return kNames[static_cast<int>(encoding)]; }

absl::StatusOr<WpGanEncoding> WpGanEncodingFromName(const std::string& name) {
  for (int i = 0; i < 3; ++i) {
    if (name == kNames[i]) return static_cast<WpGanEncoding>(i);
  }
  return absl::InvalidArgumentError(absl::StrCat("encoding: '", name, "' is none of n, b, e"));
}

// What is bounded stands first. Direction, flags and ToS are bits and the protocol is one of three in each.
std::vector<FlowEncoding::Part> FlowEncoding::Layout(WpGanEncoding encoding) {
  using A = Attribute;
  std::vector<Part> parts = {{Kind::kBits, A::kDirection, -1, 1, 0, 1},
                             {Kind::kBits, A::kTcpFlags, -1, 8, 0, 255},
                             {Kind::kBits, A::kTos, -1, 8, 0, 255}};
  if (encoding == WpGanEncoding::kEmbedding) {
    for (A a : {A::kRemoteAddress, A::kLocalPort, A::kRemotePort, A::kProtocol, A::kPackets, A::kBytes,
                A::kDuration, A::kTimeDelta}) {
      parts.push_back({Kind::kWord, a, -1, 0, 0, 0});
    }
    return parts;
  }
  parts.push_back({Kind::kProtocol, A::kProtocol, -1, 3, 0, 0});
  for (A a : {A::kTimeDelta, A::kDuration}) parts.push_back({Kind::kScalar, a, -1, 1, 0, 0});
  const bool bits = encoding == WpGanEncoding::kBinary;
  const auto name = [&](A a, int octet, int width, uint64_t high) {
    parts.push_back({bits ? Kind::kBits : Kind::kScalar, a, octet, bits ? width : 1, 0, high});
  };
  for (int octet = 0; octet < 4; ++octet) name(A::kRemoteAddress, octet, 8, 255);
  for (A a : {A::kLocalPort, A::kRemotePort}) name(a, -1, 16, 65535);
  for (A a : {A::kPackets, A::kBytes}) name(a, -1, 32, bits ? kMost32 : 0);
  return parts;
}

void FlowEncoding::Finish() {
  size_t word = 0;
  for (Part& part : parts_) {
    if (part.kind == Kind::kWord) {
      const WordColumn& column = words_[word++];
      const auto n = static_cast<int64_t>(column.values.size());
      part.width = dimensions_;
      // |v - w|^2 is least where v w - |w|^2 / 2 is largest.
      std::vector<float> matrix(column.vectors.size()), bias(n);
      for (int64_t i = 0; i < n; ++i) {
        for (int64_t d = 0; d < dimensions_; ++d) {
          const float w = column.vectors[i * dimensions_ + d];
          matrix[d * n + i] = w;
          bias[i] -= w * w / 2;
        }
      }
      nearest_.emplace_back(matrix.data(), bias.data(), dimensions_, n);
    } else {
      bounded_ += part.width;
    }
    width_ += part.width;
  }
}

absl::StatusOr<FlowEncoding> FlowEncoding::Fit(WpGanEncoding encoding, const std::vector<HostRow>& rows,
                                               uint64_t seed, const std::function<bool()>& stop) {
  FlowEncoding out;
  out.encoding_ = encoding;
  out.parts_ = Layout(encoding);
  std::array<uint64_t, 256> protocols{};
  for (const HostRow& row : rows) ++protocols[row.protocol];
  protocols[kTcp] = protocols[kUdp] = 0;
  out.other_protocol_ =
      static_cast<uint8_t>(std::max_element(protocols.begin(), protocols.end()) - protocols.begin());
  for (Part& part : out.parts_) {
    // Names have their whole range; amounts have that of the rows.
    if (part.kind != Kind::kScalar || part.high > 0) continue;
    part.low = ~uint64_t{0};
    for (const HostRow& row : rows) {
      part.low = std::min(part.low, row.Get(part.attribute));
      part.high = std::max(part.high, row.Get(part.attribute));
    }
  }
  if (encoding == WpGanEncoding::kEmbedding) {
    const Ip2VecOptions options;
    out.dimensions_ = options.dimensions;
    STANFLOW_ASSIGN_OR_RETURN(out.words_, TrainIp2Vec(rows, options, seed, stop));
  }
  out.Finish();
  return out;
}

uint64_t FlowEncoding::memory_bytes() const {
  uint64_t bytes = 0;
  for (const WordColumn& column : words_)
    bytes += column.values.size() * sizeof(uint64_t) + column.vectors.size() * sizeof(float);
  for (const PackedMatrix& matrix : nearest_)
    bytes += static_cast<uint64_t>((matrix.k() + 1) * PaddedColumns(matrix.n())) * sizeof(float);
  return bytes;
}

void FlowEncoding::Encode(const HostRow& row, float* out) const {
  size_t word = 0;
  for (const Part& part : parts_) {
    const uint64_t value = RowValue(row, part.attribute, part.octet);
    switch (part.kind) {
      case Kind::kScalar: {
        const double range = static_cast<double>(part.high - part.low);
        const double above = static_cast<double>(std::clamp(value, part.low, part.high) - part.low);
        *out = static_cast<float>(range > 0 ? above / range : 0);
        break;
      }
      case Kind::kBits: {
        const uint64_t held = std::min(value, part.high);
        for (int b = 0; b < part.width; ++b) out[b] = static_cast<float>(held >> (part.width - 1 - b) & 1);
        break;
      }
      case Kind::kProtocol:
        out[0] = value == kTcp;
        out[1] = value == kUdp;
        out[2] = value != kTcp && value != kUdp;
        break;
      case Kind::kWord: {
        const WordColumn& column = words_[word++];
        const float* vector = column.vectors.data() + column.Find(value) * dimensions_;
        std::copy(vector, vector + dimensions_, out);
        break;
      }
    }
    out += part.width;
  }
}

int FlowEncoding::DecodeWord(size_t word_column, const float* vector) const {
  const PackedMatrix& matrix = nearest_[word_column];
  std::vector<float> score(PaddedColumns(matrix.n()));
  MultiplyRows(matrix, Onto::kBias, &vector, 1, score.data(), static_cast<int64_t>(score.size()));
  return static_cast<int>(std::max_element(score.begin(), score.begin() + matrix.n()) - score.begin());
}

HostRow FlowEncoding::Decode(const float* encoded) const {
  HostRow row;
  size_t word = 0;
  for (const Part& part : parts_) {
    uint64_t value = 0;
    switch (part.kind) {
      case Kind::kScalar: {
        const double share = std::clamp<double>(encoded[0], 0, 1);
        value =
            part.low + static_cast<uint64_t>(std::llround(share * static_cast<double>(part.high - part.low)));
        break;
      }
      case Kind::kBits:
        for (int b = 0; b < part.width; ++b) value = value << 1 | (encoded[b] >= 0.5f ? 1 : 0);
        break;
      case Kind::kProtocol: {
        const uint64_t protocols[] = {kTcp, kUdp, other_protocol_};
        value = protocols[std::max_element(encoded, encoded + 3) - encoded];
        break;
      }
      case Kind::kWord:
        value = words_[word].values[DecodeWord(word, encoded)];
        ++word;
        break;
    }
    SetRowValue(&row, part.attribute, part.octet, value);
    encoded += part.width;
  }
  return row;
}

nlohmann::json FlowEncoding::ToJson() const {
  nlohmann::json ranges = nlohmann::json::array(), words = nlohmann::json::array();
  for (const Part& part : parts_) ranges.push_back({part.low, part.high});
  for (const WordColumn& column : words_) words.push_back(column.values);
  return {{"encoding", WpGanEncodingName(encoding_)},
          {"ranges", std::move(ranges)},
          {"other_protocol", other_protocol_},
          {"dimensions", dimensions_},
          {"words", std::move(words)}};
}

std::map<std::string, std::vector<float>> FlowEncoding::vectors() const {
  std::map<std::string, std::vector<float>> out;
  for (const WordColumn& column : words_) out[std::string(AttributeName(column.attribute))] = column.vectors;
  return out;
}

absl::StatusOr<FlowEncoding> FlowEncoding::FromJson(
    const nlohmann::json& json, const std::map<std::string, std::vector<float>>& vectors) {
  FlowEncoding out;
  const auto damaged = [](const std::string& what) {
    return absl::DataLossError(absl::StrCat("encoding: ", what));
  };
  try {
    const auto encoding = WpGanEncodingFromName(json.at("encoding"));
    if (!encoding.ok()) return damaged(std::string(encoding.status().message()));
    out.encoding_ = *encoding;
    out.parts_ = Layout(*encoding);
    out.other_protocol_ = json.at("other_protocol");
    out.dimensions_ = json.at("dimensions");
    if (json.at("ranges").size() != out.parts_.size()) return damaged("not the attributes of this program");
    size_t word = 0;
    for (size_t p = 0; p < out.parts_.size(); ++p) {
      Part& part = out.parts_[p];
      part.low = json.at("ranges")[p].at(0);
      part.high = json.at("ranges")[p].at(1);
      if (part.low > part.high) return damaged("a range ends before it begins");
      if (part.kind != Kind::kWord) continue;
      WordColumn column;
      column.attribute = part.attribute;
      column.values = json.at("words").at(word++).get<std::vector<uint64_t>>();
      const auto found = vectors.find(std::string(AttributeName(part.attribute)));
      if (found != vectors.end()) column.vectors = found->second;
      if (out.dimensions_ <= 0 || column.values.empty() ||
          column.vectors.size() != column.values.size() * static_cast<size_t>(out.dimensions_)) {
        return damaged(absl::StrCat("words and vectors of ", std::string(AttributeName(part.attribute)),
                                    " do not fit each other"));
      }
      out.words_.push_back(std::move(column));
    }
  } catch (const nlohmann::json::exception& e) {
    return damaged(e.what());
  }
  out.Finish();
  return out;
}

}  // namespace stanflow
