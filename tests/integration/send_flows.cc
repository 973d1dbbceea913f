// Sends made-up flows, the same for everyone who asks for as many, to a sink.
//
//   send_flows URL STATE_DIR FILE_DIR ROWS [EXPORTERS [PORT]]
//
// PORT: that of a UDP socket on this machine that is kept from filling up, as no pace can on a busy machine:
// the sender waits for whoever reads it.
#include <netinet/in.h>

#include <iostream>
#include <thread>

#include "absl/strings/numbers.h"
#include "core/base/status_macros.h"
#include "core/export/flow_sink.h"
#include "server/worker/udp_socket_table.h"
#include "tests/core/export/export_testing.h"

namespace stanflow {
namespace {

// Octets that wait in the socket that is bound to `port` of this machine or of all its addresses.
uint64_t Waiting(uint16_t port) {
  for (const uint32_t address : {INADDR_LOOPBACK, INADDR_ANY}) {
    if (const auto socket = FindUdpSocket(address, port)) return socket->waiting_bytes;
  }
  return 0;
}

absl::Status Send(const std::vector<std::string>& args) {
  constexpr size_t kPiece = 1000;
  STANFLOW_ASSIGN_OR_RETURN(const SinkUrl url, ParseSinkUrl(args[0]));
  SinkOptions options;
  options.state_dir = args[1];
  options.stream_id = "send_flows";
  options.file_dir = args[2];
  options.home = Cidr{0, 0};  // every address is at home
  const size_t rows = std::stoul(args[3]);
  if (args.size() > 4) options.exporters = static_cast<uint32_t>(std::stoul(args[4]));
  const auto port = static_cast<uint16_t>(args.size() > 5 ? std::stoi(args[5]) : 0);
  STANFLOW_ASSIGN_OR_RETURN(const auto sink, OpenFlowSink(url, options, &Clock::Real()));
  const FlowTable flows = ManyFlows(rows);
  for (size_t begin = 0; begin < rows; begin += kPiece) {
    STANFLOW_RETURN_IF_ERROR(sink->Write(flows, begin, std::min(rows, begin + kPiece)));
    while (port != 0 && Waiting(port) > 0) std::this_thread::yield();
  }
  STANFLOW_RETURN_IF_ERROR(sink->Commit({rows, "", 0}));
  while (port != 0 && Waiting(port) > 0) std::this_thread::yield();
  const SinkCounts counts = sink->counts();
  std::cout << "{\"flows\":" << counts.flows << ",\"packets\":" << counts.packets
            << ",\"bytes\":" << counts.bytes << ",\"clamped\":" << counts.clamped_values
            << ",\"errors\":" << counts.errors << "}\n";
  return sink->Finish();
}

}  // namespace
}  // namespace stanflow

int main(int argc, char** argv) {
  const std::vector<std::string> args(argv + 1, argv + argc);
  const absl::Status status =
      args.size() < 4 ? absl::InvalidArgumentError("too few arguments") : stanflow::Send(args);
  if (!status.ok()) std::cerr << status << "\n";
  return status.ok() ? 0 : 1;
}
