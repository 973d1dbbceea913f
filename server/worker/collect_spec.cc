#include "server/worker/collect_spec.h"

#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "core/flow/address.h"
#include "core/flow/socket_address.h"

namespace stanflow {

absl::StatusOr<CollectSpec> ParseCollectSpec(const nlohmann::json& json) {
  CollectSpec spec;
  std::vector<std::string> home;
  std::string holdout;
  try {
    spec.dataset.name = json.at("dataset");
    home = json.at("home").get<std::vector<std::string>>();
    holdout = json.at("holdout");
    spec.base_digest = json.at("base_digest");
    spec.listen = json.at("listen");
    spec.dataset.max_rows = json.at("max_rows");
    spec.max_minutes = json.at("max_minutes");
    spec.publish_every = std::chrono::seconds(json.at("publish_seconds").get<int64_t>());
    spec.max_spool_bytes = json.at("max_spool_bytes");
    spec.receive_buffer_bytes = json.at("receive_buffer_bytes");
  } catch (const nlohmann::json::exception& e) {
    return absl::InvalidArgumentError(StrCat("collect job: ", e.what()));
  }
  STANFLOW_ASSIGN_OR_RETURN(spec.dataset.holdout, Holdout::Parse(holdout));
  for (const std::string& text : home) {
    STANFLOW_ASSIGN_OR_RETURN(const Cidr cidr, Cidr::Parse(text));
    spec.dataset.home.push_back(cidr);
  }
  STANFLOW_ASSIGN_OR_RETURN(const SocketAddress address, ParseSocketAddress(spec.listen));
  spec.address = address.address;
  spec.port = address.port;
  return spec;
}

}  // namespace stanflow
