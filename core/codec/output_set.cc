#include "core/codec/output_set.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace stanflow {

std::string Output::name() const {
  const std::string whole(AttributeName(attribute));
  return octet < 0 ? whole : absl::StrCat(whole, ".", octet + 1);
}

uint64_t RowValue(const HostRow& row, Attribute attribute, int octet) {
  if (octet < 0) return row.Get(attribute);
  return row.remote_address >> (24 - 8 * octet) & 255;
}

void SetRowValue(HostRow* row, Attribute attribute, int octet, uint64_t value) {
  // The outermost bins reach beyond what a record may hold (bytes are bins of bytes per packet).
  if (attribute == Attribute::kPackets || attribute == Attribute::kBytes) {
    value = std::clamp(value, kMinFlowCount, kMaxFlowCount);
  }
  if (octet < 0) return row->Set(attribute, value);
  const int shift = 24 - 8 * octet;
  row->remote_address = (row->remote_address & ~(uint32_t{255} << shift)) | static_cast<uint32_t>(value)
                                                                                << shift;
}

uint64_t Output::GivenOf(const HostRow& row) const {
  return classes != nullptr && classes->options().scaled_by_given ? row.packets : 1;
}

namespace {

constexpr const char* kHeadNames[] = {"softmax", "mixture", "marginal"};

absl::StatusOr<Output> OutputFromJson(const nlohmann::json& json) {
  Output output;
  const std::string attribute = json.at("attribute"), head = json.at("head");
  const auto parsed = AttributeFromName(attribute);
  if (!parsed) return absl::DataLossError(absl::StrCat("outputs: no attribute '", attribute, "'"));
  output.attribute = *parsed;
  output.octet = json.at("octet");
  if (output.octet < -1 || output.octet > 3) return absl::DataLossError("outputs: octet out of range");
  int kind = 0;
  while (kind < 3 && head != kHeadNames[kind]) ++kind;
  if (kind == 3) return absl::DataLossError(absl::StrCat("outputs: no head '", head, "'"));
  output.head = static_cast<HeadKind>(kind);
  if (output.head == HeadKind::kMixture) {
    STANFLOW_ASSIGN_OR_RETURN(auto codec, ContinuousCodec::FromJson(json.at("codec")));
    output.continuous = std::make_shared<ContinuousCodec>(codec);
    output.quantiles = json.at("quantiles").get<std::vector<uint64_t>>();
    if (output.quantiles.size() < 2) return absl::DataLossError("outputs: quantiles are missing");
    return output;
  }
  STANFLOW_ASSIGN_OR_RETURN(auto codec, ClassCodec::FromJson(json.at("codec")));
  output.classes = std::make_shared<ClassCodec>(std::move(codec));
  output.log_marginal = json.at("log_marginal").get<std::vector<float>>();
  if (static_cast<int>(output.log_marginal.size()) != output.classes->num_classes()) {
    return absl::DataLossError(absl::StrCat("outputs: ", output.name(), " has ", output.log_marginal.size(),
                                            " frequencies for ", output.classes->num_classes(), " classes"));
  }
  return output;
}

}  // namespace

nlohmann::json OutputSet::ToJson() const {
  nlohmann::json list = nlohmann::json::array();
  for (const Output& output : outputs) {
    nlohmann::json json = {{"attribute", AttributeName(output.attribute)},
                           {"octet", output.octet},
                           {"head", kHeadNames[static_cast<int>(output.head)]}};
    if (output.head == HeadKind::kMixture) {
      json["codec"] = output.continuous->ToJson();
      json["quantiles"] = output.quantiles;
    } else {
      json["codec"] = output.classes->ToJson();
      json["log_marginal"] = output.log_marginal;
    }
    list.push_back(std::move(json));
  }
  return list;
}

absl::StatusOr<OutputSet> OutputSet::FromJson(const nlohmann::json& json) {
  OutputSet set;
  try {
    for (const auto& item : json) {
      STANFLOW_ASSIGN_OR_RETURN(auto output, OutputFromJson(item));
      set.outputs.push_back(std::move(output));
    }
  } catch (const nlohmann::json::exception& e) {
    return absl::DataLossError(absl::StrCat("outputs: ", e.what()));
  }
  return set;
}

}  // namespace stanflow
