// Flows a second that one core encodes, and encodes and sends over the loopback, by format: the best of some
// rounds, so that what else runs on the machine counts little. A thread of its own takes the datagrams, and
// those that it is too slow for are lost.
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <thread>

#include "core/base/strings.h"
#include "core/export/flow_sink.h"
#include "core/export/ipfix.h"
#include "core/export/netflow5.h"
#include "core/export/netflow9.h"
#include "core/export/syslog_cef.h"
#include "tests/core/export/export_testing.h"
#include "tests/core/export/sink_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

constexpr size_t kRows = 100'000;
constexpr int kRounds = 20;
constexpr size_t kPiece = 4096;

double FlowsPerSecond(const std::function<void()>& round) {
  using Clock = std::chrono::steady_clock;
  double best_s = 1e9;
  for (int i = 0; i < kRounds; ++i) {
    const auto begin = Clock::now();
    round();
    best_s = std::min(best_s, std::chrono::duration<double>(Clock::now() - begin).count());
  }
  return kRows / best_s;
}

double Encoded(DatagramEncoder* encoder, const FlowTable& flows) {
  DatagramBatch batch;
  return FlowsPerSecond([&] {
    for (size_t begin = 0; begin < kRows; begin += kPiece) {
      encoder->Add(flows, begin, std::min(kRows, begin + kPiece), &batch).IgnoreError();
      batch.Clear();
    }
  });
}

double Sent(const std::string& scheme, const FlowTable& flows) {
  const TestSocket socket = Bound(SOCK_DGRAM);
  const timeval often = {0, 100'000};
  ::setsockopt(socket.fd(), SOL_SOCKET, SO_RCVTIMEO, &often, sizeof(often));
  std::atomic<bool> done{false};
  std::thread taker([&] {
    char datagram[65536];
    while (!done) ::recv(socket.fd(), datagram, sizeof(datagram), 0);
  });
  const TempDir state;
  SinkOptions options;
  options.state_dir = state.path();
  options.stream_id = "bench";
  const auto url = ParseSinkUrl(StrCat(scheme, "://127.0.0.1:", PortOf(socket))).value();
  const auto sink = OpenFlowSink(url, options, &Clock::Real()).value();
  const double rate = FlowsPerSecond([&] { sink->Write(flows, 0, kRows).IgnoreError(); });
  done = true;
  taker.join();
  return rate;
}

void Run() {
  // A day of flows would have templates all the time: ten minutes.
  const FlowTable flows = ManyFlows(kRows, 10 * kMinuteMs);
  SyslogCefOptions cef;
  cef.version = "bench";
  std::printf("%-10s %16s %18s\n", "format", "encoded flows/s", "and sent flows/s");
  const auto show = [&](const char* scheme, std::unique_ptr<DatagramEncoder> encoder) {
    std::printf("%-10s %16.0f %18.0f\n", scheme, Encoded(encoder.get(), flows), Sent(scheme, flows));
  };
  show("netflow5", NewNetFlow5Encoder({}).value());
  show("netflow9", NewNetFlow9Encoder({}).value());
  show("ipfix", NewIpfixEncoder({}).value());
  show("syslog", NewSyslogCefEncoder(cef).value());
}

}  // namespace
}  // namespace stanflow

int main() { stanflow::Run(); }
