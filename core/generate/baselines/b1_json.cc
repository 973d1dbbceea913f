#include <utility>

#include "core/base/strings.h"
#include "core/generate/baselines/b1_model.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

absl::Status InColumn(const absl::Status& status, const std::string& column) {
  return absl::Status(status.code(), StrCat("column ", column, ": ", status.message()));
}

const nlohmann::json& Field(const nlohmann::json& json, const std::string& name) {
  static const nlohmann::json kNull;
  return json.is_object() && json.contains(name) ? json[name] : kNull;
}

}  // namespace

nlohmann::json B1Model::ToJson() const {
  nlohmann::json octets = nlohmann::json::array();
  for (const Histogram& octet : parts_.octets) octets.push_back(octet.ToJson());
  return {{"rows", parts_.rows},
          {"duration_step_ms", parts_.duration_step_ms},
          {"remote_octets", std::move(octets)},
          {"direction", parts_.direction->ToJson()},
          {"protocol", parts_.protocol->ToJson()},
          {"local_port", parts_.local_port->ToJson()},
          {"remote_port", parts_.remote_port->ToJson()},
          {"tcp_flags", parts_.tcp_flags->ToJson()},
          {"tos", parts_.tos->ToJson()},
          {"ln_packets", parts_.ln_packets.ToJson()},
          {"ln_bytes", parts_.ln_bytes.ToJson()},
          {"duration_s", parts_.duration_s.ToJson()},
          {"time_delta_s", parts_.time_delta_s.ToJson()}};
}

absl::StatusOr<B1Model> B1Model::FromJson(const nlohmann::json& json) {
  Parts parts;
  const auto &rows = Field(json, "rows"), &step = Field(json, "duration_step_ms"),
             &octets = Field(json, "remote_octets");
  if (!rows.is_number_unsigned() || !step.is_number_unsigned() || step.get<uint64_t>() == 0 ||
      step.get<uint64_t>() > UINT32_MAX) {
    return absl::DataLossError("rows or duration_step_ms is missing or no such number");
  }
  parts.rows = rows.get<uint64_t>();
  parts.duration_step_ms = step.get<uint32_t>();
  if (!octets.is_array() || octets.size() != 4) return absl::DataLossError("remote_octets are not four");
  for (const auto& octet : octets) {
    auto histogram = Histogram::FromJson(octet, 256);
    if (!histogram.ok()) return InColumn(histogram.status(), "remote_octets");
    parts.octets.push_back(*std::move(histogram));
  }
  const struct {
    const char* name;
    size_t size;
    std::optional<Histogram>* to;
  } histograms[] = {{"direction", 2, &parts.direction},       {"protocol", 256, &parts.protocol},
                    {"local_port", 65536, &parts.local_port}, {"remote_port", 65536, &parts.remote_port},
                    {"tcp_flags", 256, &parts.tcp_flags},     {"tos", 256, &parts.tos}};
  for (const auto& h : histograms) {
    auto histogram = Histogram::FromJson(Field(json, h.name), h.size);
    if (!histogram.ok()) return InColumn(histogram.status(), h.name);
    *h.to = *std::move(histogram);
  }
  const struct {
    const char* name;
    GaussianMixture* to;
  } mixtures[] = {{"ln_packets", &parts.ln_packets},
                  {"ln_bytes", &parts.ln_bytes},
                  {"duration_s", &parts.duration_s},
                  {"time_delta_s", &parts.time_delta_s}};
  for (const auto& m : mixtures) {
    auto mixture = GaussianMixture::FromJson(Field(json, m.name));
    if (!mixture.ok()) return InColumn(mixture.status(), m.name);
    *m.to = *std::move(mixture);
  }
  return B1Model(std::move(parts));
}

}  // namespace stanflow
