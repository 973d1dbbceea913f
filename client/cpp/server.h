#ifndef STANFLOW_CLIENT_CPP_SERVER_H_
#define STANFLOW_CLIENT_CPP_SERVER_H_

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cpp/grpc/health/v1/health.grpc.pb.h"
#include "client/cpp/interrupt.h"
#include "grpcpp/grpcpp.h"
#include "stanflow/v1/datasets.grpc.pb.h"
#include "stanflow/v1/jobs.grpc.pb.h"
#include "stanflow/v1/models.grpc.pb.h"
#include "stanflow/v1/synthesis.grpc.pb.h"

namespace stanflow {

inline constexpr char kDefaultServer[] = "127.0.0.1:50551";

// What a call ended with, in words that say what to do. A code of its own is kept; an
// unreachable server is UNAVAILABLE with the address and how to start one.
absl::Status FromGrpc(const grpc::Status& status, const std::string& address);

// The stubs of one server. Connects with the first call and again whenever the connection is
// lost, within two seconds of the server's return. Thread-safe.
struct Server {
  // `interrupt` outlives it. `paced`: its streams are read slowly on purpose, and little of them ahead, or
  // the server would take their reader for gone while it lives on what it has.
  Server(std::string address, std::chrono::milliseconds timeout, Interrupt* interrupt, bool paced = false);

  // One request, one answer: stops at an interrupt, and with DEADLINE_EXCEEDED after `timeout`.
  //   STANFLOW_ASSIGN_OR_RETURN(auto job, server.Call(server.jobs.get(), &v1::Jobs::Stub::GetJob, request));
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(Stub* stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + timeout);
    const Interrupt::CallScope scope(interrupt, &context);
    Response response;
    const grpc::Status status = (stub->*method)(&context, request, &response);
    if (!status.ok()) return FromGrpc(status, address);
    return response;
  }

  const std::string address;
  const std::chrono::milliseconds timeout;
  Interrupt* const interrupt;
  std::unique_ptr<stanflow::v1::Synthesis::Stub> synthesis;
  std::unique_ptr<stanflow::v1::Jobs::Stub> jobs;
  std::unique_ptr<stanflow::v1::Models::Stub> models;
  std::unique_ptr<stanflow::v1::Datasets::Stub> datasets;
  std::unique_ptr<grpc::health::v1::Health::Stub> health;
};

// Tries again after UNAVAILABLE, at growing intervals, until too much time has passed since
// anything last worked.
class Backoff {
 public:
  Backoff(Interrupt* interrupt, std::chrono::milliseconds patience)
      : interrupt_(interrupt), patience_(patience) {}

  // Something worked: patience and intervals start anew.
  void Reset();
  // Whether nothing has worked since the last Wait.
  bool failing() const { return failing_; }
  // Sleeps; false if patience is over or an interrupt came.
  bool Wait();

 private:
  Interrupt* const interrupt_;
  const std::chrono::milliseconds patience_;
  std::chrono::milliseconds interval_ = kFirst;
  std::chrono::steady_clock::time_point failing_since_{};
  bool failing_ = false;

  static constexpr std::chrono::milliseconds kFirst{100}, kLongest{2000};
};

}  // namespace stanflow

#endif  // STANFLOW_CLIENT_CPP_SERVER_H_
