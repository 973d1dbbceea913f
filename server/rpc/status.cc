#include "server/rpc/status.h"

#include "absl/strings/cord.h"
#include "core/base/strings.h"
#include "google/protobuf/any.pb.h"
#include "stanflow/v1/error_details.pb.h"

namespace stanflow {
namespace {

constexpr char kReasonUrl[] = "stanflow/reason";
constexpr char kDomain[] = "stanflow";
constexpr int kRetrySeconds = 1;

void AddDetail(const char* type, const google::protobuf::MessageLite& detail, v1::ErrorStatus* out) {
  google::protobuf::Any* const any = out->add_details();
  any->set_type_url(StrCat("type.googleapis.com/google.rpc.", type));
  any->set_value(detail.SerializeAsString());
}

std::string ReasonOf(const absl::Status& status, bool has_field) {
  if (const auto reason = status.GetPayload(kReasonUrl)) return std::string(*reason);
  if (has_field) return "INVALID_FIELD";
  return CodeName(static_cast<grpc::StatusCode>(status.code()));
}

// The FIELD of "FIELD: what is wrong"; empty if the message does not begin with one.
std::string_view FieldOf(const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return {};
  const std::string_view message = ToStd(status.message());
  const size_t colon = message.find(": ");
  if (colon == message.npos || colon == 0) return {};
  for (const char c : message.substr(0, colon)) {
    const bool in_path =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '[' || c == ']';
    if (!in_path) return {};
  }
  return message.substr(0, colon);
}

bool WaitingHelps(const absl::Status& status) {
  return absl::IsResourceExhausted(status) || absl::IsUnavailable(status);
}

}  // namespace

const char* CodeName(grpc::StatusCode code) {
  static constexpr const char* kNames[] = {
      "OK",        "CANCELLED",      "UNKNOWN",           "INVALID_ARGUMENT",   "DEADLINE_EXCEEDED",
      "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION",
      "ABORTED",   "OUT_OF_RANGE",   "UNIMPLEMENTED",     "INTERNAL",           "UNAVAILABLE",
      "DATA_LOSS", "UNAUTHENTICATED"};
  const auto index = static_cast<size_t>(code);
  return index < sizeof(kNames) / sizeof(kNames[0]) ? kNames[index] : "UNKNOWN";
}

absl::Status WithReason(absl::Status status, std::string_view reason) {
  status.SetPayload(kReasonUrl, absl::Cord(ToAbsl(reason)));
  return status;
}

absl::Status FieldError(std::string_view field, std::string_view what) {
  return absl::InvalidArgumentError(StrCat(field, ": ", what));
}

absl::Status InField(std::string_view outer, const absl::Status& status) {
  if (FieldOf(status).empty()) return status;
  return absl::InvalidArgumentError(StrCat(outer, ".", ToStd(status.message())));
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  const auto code = static_cast<grpc::StatusCode>(status.code());
  const std::string message(status.message());
  const std::string_view field = FieldOf(status);
  v1::ErrorStatus details;
  details.set_code(code);
  details.set_message(message);
  v1::ErrorInfo info;
  info.set_reason(ReasonOf(status, !field.empty()));
  info.set_domain(kDomain);
  AddDetail("ErrorInfo", info, &details);
  if (!field.empty()) {
    v1::BadRequest bad;
    auto* const violation = bad.add_field_violations();
    violation->set_field(std::string(field));
    violation->set_description(message.substr(field.size() + 2));
    AddDetail("BadRequest", bad, &details);
  }
  if (WaitingHelps(status)) {
    v1::RetryInfo retry;
    retry.mutable_retry_delay()->set_seconds(kRetrySeconds);
    AddDetail("RetryInfo", retry, &details);
  }
  return grpc::Status(code, message, details.SerializeAsString());
}

}  // namespace stanflow
