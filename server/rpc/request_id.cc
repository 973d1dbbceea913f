#include "server/rpc/request_id.h"

#include <memory>

#include "core/base/digest.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "nlohmann/json.hpp"
#include "server/rpc/status.h"

namespace stanflow {
namespace {

std::string DigestIn(const std::string& spec_json) {
  const nlohmann::json spec = nlohmann::json::parse(spec_json, nullptr, /*allow_exceptions=*/false);
  const auto it = spec.find("request_digest");
  return it != spec.end() && it->is_string() ? it->get<std::string>() : "";
}

absl::Status CheckSame(const Job& job, const std::string& digest) {
  const std::string made_by = DigestIn(job.spec_json);
  if (made_by == digest) return absl::OkStatus();
  return FieldError("request_id",
                    StrCat("'", job.request_id, "' belongs to jobs/", job.id, " (", JobKindName(job.kind),
                           "), which another request made; give this one an id of its own"));
}

}  // namespace

std::string DigestOfSubmit(const google::protobuf::Message& request) {
  const std::unique_ptr<google::protobuf::Message> asked(request.New());
  asked->CopyFrom(request);
  for (const char* name : {"request_id", "priority", "validate_only"}) {
    const auto* const field = asked->GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) asked->GetReflection()->ClearField(asked.get(), field);
  }
  std::string bytes = StrCat(asked->GetDescriptor()->full_name(), "\n");
  {
    google::protobuf::io::StringOutputStream out(&bytes);
    google::protobuf::io::CodedOutputStream coded(&out);
    coded.SetSerializationDeterministic(true);  // Maps are in any order else.
    asked->SerializeToCodedStream(&coded);
  }
  return Sha256Hex(bytes);
}

absl::StatusOr<std::optional<Job>> FindSubmitted(const google::protobuf::Message& request,
                                                 const std::string& request_id, const RpcEnvironment& env) {
  if (request_id.empty() || env.find_request == nullptr) return std::optional<Job>();
  STANFLOW_ASSIGN_OR_RETURN(std::optional<Job> job, env.find_request(request_id));
  if (job.has_value()) STANFLOW_RETURN_IF_ERROR(CheckSame(*job, DigestOfSubmit(request)));
  return job;
}

absl::StatusOr<Job> SubmitOnce(const JobRequest& job, const RpcEnvironment& env) {
  STANFLOW_ASSIGN_OR_RETURN(Job stored, env.jobs->Submit(job));
  if (!job.request_id.empty()) STANFLOW_RETURN_IF_ERROR(CheckSame(stored, DigestIn(job.spec_json)));
  return stored;
}

}  // namespace stanflow
