#include "core/flow/protocol.h"
#include "core/flow/tcp_flags.h"
#include "core/flow/time.h"
#include "core/simulate/office_sessions.h"

namespace stanflow {
namespace {

constexpr uint64_t kSynSize = 44, kRstSize = 40, kUnreachableSize = 68;

// A SYN, and a RST where the host refuses it.
void TryPort(const Scene& scene, const Endpoint& from, uint16_t port, int64_t start_ms, bool refused) {
  Packets syn;
  syn.from = from;
  syn.to = {scene.host.address, port};
  syn.protocol = kTcp;
  syn.tcp_flags = kSyn;
  syn.start_ms = start_ms;
  syn.size = kSynSize;
  Emit(syn, scene.out);
  if (!refused) return;
  Packets reset = syn;
  std::swap(reset.from, reset.to);
  reset.tcp_flags = kRst | kAck;
  reset.start_ms += 1;
  reset.size = kRstSize;
  Emit(reset, scene.out);
}

void ProbeUdp(const Scene& scene, const Endpoint& from) {
  constexpr uint16_t kPorts[] = {5060, 161, 1900, 389, 123, 53413};
  Random* random = scene.random;
  Packets probe;
  probe.from = from;
  probe.to = {scene.host.address, kPorts[random->Between(0, std::size(kPorts) - 1)]};
  probe.protocol = kUdp;
  probe.start_ms = scene.start_ms;
  probe.size = random->Between(60, 440);
  Emit(probe, scene.out);
  if (!random->Chance(0.3)) return;
  Packets unreachable = probe;
  unreachable.from = {scene.host.address, 0};
  unreachable.to = {from.address, IcmpPort(3, 3)};
  unreachable.protocol = kIcmp;
  unreachable.start_ms += 1;
  unreachable.size = kUnreachableSize;
  Emit(unreachable, scene.out);
}

}  // namespace

void Noise(const Scene& scene) {
  constexpr uint16_t kPorts[] = {23, 445, 22, 3389, 8080, 1433, 2323, 5900, 3306, 21};
  Random* random = scene.random;
  const Endpoint from = {scene.network.Visitor(random), static_cast<uint16_t>(random->Between(1024, 65535))};
  if (random->Chance(0.25)) return ProbeUdp(scene, from);
  TryPort(scene, from, kPorts[random->Zipf(std::size(kPorts))], scene.start_ms, random->Chance(0.3));
}

void GuessPasswords(const Scene& scene) {
  Random* random = scene.random;
  TcpExchange attempt;
  attempt.client.address = scene.network.Visitor(random);
  attempt.server = {scene.host.address, 22};
  attempt.start_ms = scene.start_ms;
  const uint64_t attempts = random->Geometric(25);
  for (uint64_t i = 0; i < attempts; ++i) {
    attempt.client.port = static_cast<uint16_t>(random->Between(32768, 60999));
    attempt.up_bytes = random->Between(1100, 1900);
    attempt.down_bytes = random->Between(1900, 2600);
    attempt.duration_ms = static_cast<int64_t>(random->Between(900, 4000));
    Emit(attempt, random, scene.out);
    attempt.start_ms += attempt.duration_ms + static_cast<int64_t>(random->Exponential(700));
  }
}

void Scan(const Scene& scene) {
  constexpr uint16_t kPorts[] = {21,  22,  23,   25,   53,   80,   110,  111,  135,  139,  143, 443,
                                 445, 993, 1433, 1723, 3306, 3389, 5432, 5900, 6379, 8080, 8443};
  Random* random = scene.random;
  const Endpoint scanner = {scene.network.Scanner(FloorTo(scene.start_ms, kDayMs) / kDayMs),
                            static_cast<uint16_t>(random->Between(40000, 65000))};
  int64_t now = scene.start_ms;
  for (const uint16_t port : kPorts) {
    TryPort(scene, scanner, port, now, random->Chance(0.8));
    now += static_cast<int64_t>(random->Between(5, 60));
  }
}

}  // namespace stanflow
