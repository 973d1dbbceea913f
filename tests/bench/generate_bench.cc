// Clients of one stanflowd that count what they receive: one thread and one stream each, unbounded requests
// that are cancelled when the time is up. Prints one JSON object.
//
//   generate_bench SERVER MODEL CONTEXTS STREAMS SECONDS
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "stanflow/v1/synthesis.grpc.pb.h"

namespace {

namespace v1 = stanflow::v1;
using Clock = std::chrono::steady_clock;

struct Reading {
  uint64_t flows = 0;
  double first_ms = 0;
  grpc::Status status;
};

Reading ReadStream(const std::shared_ptr<grpc::Channel>& channel, v1::GenerateRequest request,
                   Clock::time_point end) {
  Reading reading;
  grpc::ClientContext context;
  const auto stub = v1::Synthesis::NewStub(channel);
  const Clock::time_point start = Clock::now();
  const auto reader = stub->Generate(&context, request);
  v1::GenerateResponse response;
  while (reader->Read(&response)) {
    const int rows = response.has_chunk() ? response.chunk().columns().flow_end_milliseconds_size() : 0;
    const Clock::time_point now = Clock::now();
    if (now >= end) break;
    if (rows > 0 && reading.flows == 0) {
      reading.first_ms = std::chrono::duration<double, std::milli>(now - start).count();
    }
    reading.flows += rows;
  }
  context.TryCancel();
  reading.status = reader->Finish();
  return reading;
}

double Quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: generate_bench SERVER MODEL CONTEXTS STREAMS SECONDS\n");
    return 2;
  }
  const int contexts = std::atoi(argv[3]), streams = std::atoi(argv[4]);
  const double seconds = std::atof(argv[5]);
  const auto channel = grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials());
  const Clock::time_point start = Clock::now();
  const Clock::time_point end =
      start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  std::vector<Reading> readings(streams);
  std::vector<std::thread> threads;
  for (int i = 0; i < streams; ++i) {
    v1::GenerateRequest request;
    request.set_model(argv[2]);
    request.set_seed(i + 1);
    request.set_hosts(contexts);
    threads.emplace_back([&, i, request] { readings[i] = ReadStream(channel, request, end); });
  }
  for (std::thread& thread : threads) thread.join();
  uint64_t flows = 0;
  std::vector<double> first_ms;
  for (const Reading& reading : readings) {
    if (reading.status.error_code() != grpc::StatusCode::CANCELLED) {
      std::fprintf(stderr, "generate_bench: a stream ended: %s\n", reading.status.error_message().c_str());
      return 1;
    }
    flows += reading.flows;
    if (reading.flows > 0) first_ms.push_back(reading.first_ms);
  }
  std::printf(
      "{\"contexts\": %d, \"streams\": %d, \"seconds\": %.2f, \"flows\": %llu, \"flows_per_second\": %.1f, "
      "\"first_flow_p50_ms\": %.2f, \"first_flow_p99_ms\": %.2f}\n",
      contexts, streams, seconds, static_cast<unsigned long long>(flows),
      static_cast<double>(flows) / seconds, Quantile(first_ms, 0.5), Quantile(first_ms, 0.99));
  return 0;
}
