#include "client/cpp/server.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "core/base/strings.h"
#include "stanflow/v1/error_details.pb.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

// What the connecting itself says, as opposed to a server that answers UNAVAILABLE.
bool NotConnected(const std::string& message) {
  for (const char* sign : {"failed to connect", "Connection refused", "Socket closed", "Connection reset",
                           "empty address list", "DNS resolution failed", "Name resolution failure", "GOAWAY",
                           "Broken pipe", "Endpoint", "timed out"}) {
    if (absl::StrContains(message, sign)) return true;
  }
  return false;
}

// The details that the message does not tell already.
std::string DescribeDetails(const grpc::Status& status, const std::string& message) {
  v1::ErrorStatus details;
  if (!details.ParseFromString(status.error_details())) return "";
  std::string out;
  for (const auto& detail : details.details()) {
    v1::BadRequest bad;
    v1::RetryInfo retry;
    if (absl::EndsWith(detail.type_url(), "/google.rpc.BadRequest") && bad.ParseFromString(detail.value())) {
      for (const auto& violation : bad.field_violations()) {
        if (absl::StrContains(message, violation.description())) continue;
        StrAppend(&out, "\n  ", violation.field(), ": ", violation.description());
      }
    }
    if (absl::EndsWith(detail.type_url(), "/google.rpc.RetryInfo") && retry.ParseFromString(detail.value())) {
      StrAppend(&out, "; try again in ", std::max<int64_t>(1, retry.retry_delay().seconds()), " s");
    }
  }
  return out;
}

std::shared_ptr<grpc::Channel> Connect(const std::string& address, bool paced) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2000);
  // The server is reached directly: a proxy that is set for the web would be asked for loopback addresses
  // too.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // A machine that vanished without a word would be waited for without end. gRPC's servers take pings more
  // often than every five minutes for abuse.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 360000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20000);
  // Or a stream that waits for long would not be pinged any more after two pings.
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetMaxReceiveMessageSize(-1);
  // A window that stays at its 64 KiB instead of growing by what is measured.
  if (paced) arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

}  // namespace

absl::Status FromGrpc(const grpc::Status& status, const std::string& address) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  const std::string message = status.error_message();
  // With details it is the server that speaks, and knows better.
  const bool told = !status.error_details().empty();
  if (!told && code == absl::StatusCode::kUnavailable && NotConnected(message)) {
    return absl::UnavailableError(StrCat("the server at ", address, " can't be reached (", message,
                                         "); start one with stanflowd, or set STANFLOW_SERVER or --server"));
  }
  if (!told && code == absl::StatusCode::kDeadlineExceeded) {
    return absl::DeadlineExceededError(StrCat(
        "the server at ", address, " did not answer in time; look at its log, or give it longer: --timeout"));
  }
  if (!told && code == absl::StatusCode::kUnimplemented) {
    return absl::UnimplementedError(
        StrCat("the server at ", address, " does not know this call; is it a stanflowd of this version?"));
  }
  return absl::Status(code, StrCat(message.empty() ? absl::StatusCodeToString(code) : message,
                                   DescribeDetails(status, message)));
}

Server::Server(std::string address_of, std::chrono::milliseconds timeout_of, Interrupt* interrupt_of,
               bool paced)
    : address(std::move(address_of)), timeout(timeout_of), interrupt(interrupt_of) {
  const auto channel = Connect(address, paced);
  synthesis = stanflow::v1::Synthesis::NewStub(channel);
  jobs = stanflow::v1::Jobs::NewStub(channel);
  models = stanflow::v1::Models::NewStub(channel);
  datasets = stanflow::v1::Datasets::NewStub(channel);
  health = grpc::health::v1::Health::NewStub(channel);
}

void Backoff::Reset() {
  failing_ = false;
  interval_ = kFirst;
}

bool Backoff::Wait() {
  const auto now = std::chrono::steady_clock::now();
  if (!failing_) failing_since_ = now;
  failing_ = true;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(failing_since_ + patience_ - now);
  if (left.count() <= 0) return false;
  const auto nap = std::min(interval_, left);
  interval_ = std::min(2 * interval_, kLongest);
  return interrupt_->SleepFor(nap);
}

}  // namespace stanflow
