#ifndef STANFLOW_CORE_GENERATE_RESUME_TOKEN_H_
#define STANFLOW_CORE_GENERATE_RESUME_TOKEN_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/generate/stream_spec.h"

namespace stanflow {

// What decides every flow of a stream: equal identities give equal flows, row for row.
struct StreamIdentity {
  std::string request_digest;   // RequestDigest of the request
  std::string model_version;    // "models/M/versions/N"
  std::string build;            // version of the program
  std::string device;           // kind of device: "cpu", "cuda"
  std::string instruction_set;  // "avx2", ...
};

// Where a broken stream goes on. Clients keep its bytes and never look inside.
struct ResumeToken {
  StreamIdentity stream;
  uint64_t next_row = 0;
};

// SHA-256, 64 hexadecimal digits, over the fields of a request that decide its flows. The
// extent is one of them: a token continues the same request, not a longer one.
std::string RequestDigest(std::string_view model_version, const StreamSpec& spec);

// A name for the stream's snapshots that is safe as a folder's name: 64 hexadecimal digits.
std::string SnapshotKey(const StreamIdentity& stream);

// Versioned bytes (CBOR) with a digest of themselves; about 300.
std::string EncodeResumeToken(const ResumeToken& token);
// INVALID_ARGUMENT for bytes that are no token, were altered, or have another format's version.
absl::StatusOr<ResumeToken> DecodeResumeToken(std::string_view bytes);

// OK if `token` continues the stream `now`, the one that this server would make for the
// request. INVALID_ARGUMENT where the request differs, FAILED_PRECONDITION where the server
// does (model version, build, device, instruction set); the message names both sides.
absl::Status CheckResumeToken(const ResumeToken& token, const StreamIdentity& now);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GENERATE_RESUME_TOKEN_H_
