#include "core/generate/resume_token.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/digest.h"
#include "nlohmann/json.hpp"

namespace stanflow {
namespace {

using nlohmann::json;

constexpr std::string_view kMagic = "SFRT1";
constexpr size_t kCheckDigits = 16;

absl::Status NoToken(const char* why) {
  return absl::InvalidArgumentError(absl::StrCat(
      "resume_token: ", why, "; send the bytes of the last chunk unchanged, or leave it out to start over"));
}

std::string Check(std::string_view body) { return Sha256Hex(body).substr(0, kCheckDigits); }

bool GetText(const json& object, const char* name, std::string* out) {
  const auto it = object.find(name);
  if (it == object.end() || !it->is_string()) return false;
  *out = it->get<std::string>();
  return true;
}

bool GetToken(const json& object, ResumeToken* token) {
  const auto row = object.find("row");
  if (row == object.end() || !row->is_number_unsigned()) return false;
  token->next_row = row->get<uint64_t>();
  StreamIdentity& stream = token->stream;
  return GetText(object, "request", &stream.request_digest) &&
         GetText(object, "model", &stream.model_version) && GetText(object, "build", &stream.build) &&
         GetText(object, "device", &stream.device) && GetText(object, "isa", &stream.instruction_set);
}

absl::Status Differs(const char* what, const std::string& was, const std::string& is) {
  return absl::FailedPreconditionError(absl::StrCat(
      "resume_token: the stream was made by ", what, " \"", was, "\", this server would go on with \"", is,
      "\", and its flows could differ; resume where it began, or start over without the token"));
}

}  // namespace

std::string RequestDigest(std::string_view model_version, const StreamSpec& spec) {
  // An array has one serialisation; the order of its fields never changes.
  const json fields = {"stanflow request 1",
                       std::string(model_version),
                       spec.seed,
                       spec.stream,
                       spec.hosts,
                       spec.home.ToString(),
                       spec.start_ms,
                       spec.rows ? json(*spec.rows) : json(),
                       spec.duration_ms ? json(*spec.duration_ms) : json()};
  return Sha256Hex(fields.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string SnapshotKey(const StreamIdentity& stream) {
  const json fields = {"stanflow snapshot 1", stream.request_digest, stream.model_version,
                       stream.build,          stream.device,         stream.instruction_set};
  return Sha256Hex(fields.dump(-1, ' ', false, json::error_handler_t::replace));
}

std::string EncodeResumeToken(const ResumeToken& token) {
  const json object = {{"request", token.stream.request_digest},
                       {"model", token.stream.model_version},
                       {"build", token.stream.build},
                       {"device", token.stream.device},
                       {"isa", token.stream.instruction_set},
                       {"row", token.next_row}};
  std::string body(kMagic);
  json::to_cbor(object, body);
  return body + Check(body);
}

absl::StatusOr<ResumeToken> DecodeResumeToken(std::string_view bytes) {
  if (bytes.substr(0, kMagic.size()) != kMagic) return NoToken("not a token of this version of stanflow");
  if (bytes.size() < kMagic.size() + kCheckDigits) return NoToken("cut short");
  const std::string_view body = bytes.substr(0, bytes.size() - kCheckDigits);
  if (Check(body) != bytes.substr(body.size())) return NoToken("damaged");
  const std::string_view cbor = body.substr(kMagic.size());
  const json object = json::from_cbor(cbor.begin(), cbor.end(), true, false);
  ResumeToken token;
  if (!object.is_object() || !GetToken(object, &token)) return NoToken("a field is missing");
  return token;
}

absl::Status CheckResumeToken(const ResumeToken& token, const StreamIdentity& now) {
  const StreamIdentity& was = token.stream;
  if (was.model_version != now.model_version)
    return Differs("model version", was.model_version, now.model_version);
  if (was.build != now.build) return Differs("build", was.build, now.build);
  if (was.device != now.device) return Differs("device", was.device, now.device);
  if (was.instruction_set != now.instruction_set) {
    return Differs("instruction set", was.instruction_set, now.instruction_set);
  }
  if (was.request_digest != now.request_digest) {
    return absl::InvalidArgumentError(
        "resume_token: belongs to another request; seed, stream, hosts, home, start and extent must be as "
        "they were, only chunk_rows may change");
  }
  return absl::OkStatus();
}

}  // namespace stanflow
