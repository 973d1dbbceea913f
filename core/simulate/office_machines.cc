#include <algorithm>

#include "core/flow/protocol.h"
#include "core/simulate/office_sessions.h"

namespace stanflow {
namespace {

uint16_t AnyEphemeral(Random* random) { return static_cast<uint16_t>(random->Between(1024, 65535)); }

uint64_t Bytes(double bytes) { return std::max<uint64_t>(1, static_cast<uint64_t>(bytes)); }

int64_t Milliseconds(double ms) { return std::max<int64_t>(1, static_cast<int64_t>(ms)); }

// A connection from outside to one of the host's services.
TcpExchange Incoming(const Scene& scene, uint16_t port) {
  TcpExchange exchange;
  exchange.client = {scene.network.Visitor(scene.random), AnyEphemeral(scene.random)};
  exchange.server = {scene.host.address, port};
  exchange.start_ms = scene.start_ms;
  return exchange;
}

}  // namespace

void Update(const Scene& scene) {
  constexpr uint64_t kUpdateSites = 3;
  Random* random = scene.random;
  TcpExchange update;
  update.client = Client(scene);
  update.server = {scene.network.Site(scene.host, random->Zipf(kUpdateSites), random), 443};
  update.start_ms = Resolve(scene, scene.start_ms);
  update.up_bytes = Bytes(random->LogNormal(1500, 0.5));
  update.down_bytes = Bytes(random->LogNormal(60'000, 2.2));
  update.duration_ms =
      Milliseconds(random->LogNormal(900, 0.8) + static_cast<double>(update.down_bytes) / 4000);
  Emit(update, random, scene.out);
}

void AskTime(const Scene& scene) {
  constexpr uint64_t kNtpPacket = 76;
  UdpExchange ntp;
  ntp.client = {scene.host.address, 123};
  ntp.server = {scene.host.time_server, 123};
  ntp.start_ms = scene.start_ms;
  ntp.duration_ms = Milliseconds(scene.random->LogNormal(25, 0.5));
  ntp.up_size = ntp.down_size = kNtpPacket;
  ntp.tos = 184;
  Emit(ntp, scene.out);
}

void Ping(const Scene& scene) {
  constexpr uint64_t kPingSites = 4;
  Random* random = scene.random;
  Packets echo;
  echo.from = {scene.host.address, 0};
  echo.to = {scene.network.Site(scene.host, random->Zipf(kPingSites), random), IcmpPort(8, 0)};
  echo.protocol = kIcmp;
  echo.start_ms = scene.start_ms;
  echo.packets = random->Chance(0.5) ? 4 : random->Geometric(6);
  echo.duration_ms = static_cast<int64_t>(echo.packets - 1) * 1000;
  echo.size = random->Chance(0.5) ? 84 : 60;
  Packets reply = echo;
  reply.from = {echo.to.address, 0};
  reply.to = {echo.from.address, IcmpPort(0, 0)};
  reply.start_ms += static_cast<int64_t>(random->Between(2, 60));
  Emit(echo, scene.out);
  if (random->Chance(0.93)) Emit(reply, scene.out);
}

void BackUp(const Scene& scene) {
  constexpr double kBytesPerMs = 2500;
  Random* random = scene.random;
  TcpExchange backup;
  backup.client = Client(scene);
  backup.server = {scene.network.BackupServer(), 873};
  backup.start_ms = Resolve(scene, scene.start_ms);
  backup.up_bytes = Bytes(random->LogNormal(2e9, 0.6));
  backup.down_bytes = backup.up_bytes / 2000;
  backup.duration_ms = Milliseconds(static_cast<double>(backup.up_bytes) / kBytesPerMs);
  backup.tos = 8;
  Emit(backup, random, scene.out);
}

void ServeWeb(const Scene& scene) {
  Random* random = scene.random;
  TcpExchange web = Incoming(scene, random->Chance(0.55) ? 443 : 80);
  const uint64_t connections = random->Geometric(1.8);
  for (uint64_t i = 0; i < connections; ++i) {
    web.up_bytes = Bytes(random->LogNormal(600, 0.6));
    web.down_bytes = Bytes(random->LogNormal(7000, 1.5));
    web.duration_ms = Milliseconds(random->LogNormal(350, 1.3));
    web.ending = random->Chance(0.12) ? Ending::kReset : Ending::kFin;
    Emit(web, random, scene.out);
    web.client.port = AnyEphemeral(random);
    web.start_ms += Milliseconds(random->Exponential(900));
  }
}

void ReceiveMail(const Scene& scene) {
  Random* random = scene.random;
  TcpExchange mail = Incoming(scene, 25);
  // The server looks up who calls.
  mail.duration_ms = Milliseconds(random->LogNormal(2500, 0.9));
  Resolve(scene, mail.start_ms + 1);
  const bool refused = random->Chance(0.35);
  mail.up_bytes = Bytes(refused ? 120 : random->LogNormal(9000, 1.4));
  mail.down_bytes = Bytes(random->LogNormal(refused ? 180 : 420, 0.2));
  if (refused) mail.ending = Ending::kReset;
  Emit(mail, random, scene.out);
}

void DeliverMail(const Scene& scene) {
  constexpr uint64_t kMailDomains = 150;
  Random* random = scene.random;
  TcpExchange mail;
  mail.client = Client(scene);
  mail.server = {scene.network.Site(scene.host, random->Zipf(kMailDomains), random), 25};
  mail.start_ms = Resolve(scene, Resolve(scene, scene.start_ms));
  mail.up_bytes = Bytes(random->LogNormal(11'000, 1.3));
  mail.down_bytes = Bytes(random->LogNormal(450, 0.2));
  mail.duration_ms = Milliseconds(random->LogNormal(1800, 0.8));
  Emit(mail, random, scene.out);
}

void LogIn(const Scene& scene) {
  Random* random = scene.random;
  TcpExchange shell = Incoming(scene, 22);
  shell.duration_ms = Milliseconds(random->LogNormal(240'000, 1.4));
  shell.up_bytes = 2500 + Bytes(static_cast<double>(shell.duration_ms) * 0.05);
  shell.down_bytes = 3000 + Bytes(random->LogNormal(static_cast<double>(shell.up_bytes) * 2, 0.8));
  shell.tos = 16;
  Emit(shell, random, scene.out);
}

}  // namespace stanflow
