#include <grpcpp/grpcpp.h>

#include <chrono>

#include "stanflow/v1/synthesis.grpc.pb.h"

// Nothing listens on port 1: the call must fail with UNAVAILABLE, which shows that the stub links and runs.
int main() {
  const auto channel = grpc::CreateChannel("127.0.0.1:1", grpc::InsecureChannelCredentials());
  const auto stub = stanflow::v1::Synthesis::NewStub(channel);
  stanflow::v1::GenerateRequest request;
  request.set_model("edge");
  request.set_rows(1);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  const auto reader = stub->Generate(&context, request);
  stanflow::v1::GenerateResponse response;
  while (reader->Read(&response)) {
  }
  return reader->Finish().error_code() == grpc::StatusCode::UNAVAILABLE ? 0 : 1;
}
