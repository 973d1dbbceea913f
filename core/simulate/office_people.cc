#include <algorithm>

#include "core/simulate/office_sessions.h"

namespace stanflow {
namespace {

int64_t Milliseconds(double ms) { return std::max<int64_t>(1, static_cast<int64_t>(ms)); }

uint64_t Bytes(double bytes) { return std::max<uint64_t>(1, static_cast<uint64_t>(bytes)); }

void WebConnection(const Scene& scene, uint32_t site, uint16_t port, int64_t start_ms) {
  Random* random = scene.random;
  TcpExchange web;
  web.client = Client(scene);
  web.server = {site, port};
  web.start_ms = start_ms;
  web.up_bytes = Bytes(random->LogNormal(900, 0.8));
  web.down_bytes = Bytes(random->LogNormal(9000, 1.7));
  // Transfer, and what the connection is kept open for more.
  const double kept_ms = random->Chance(0.5) ? 0 : random->LogNormal(9000, 1.0);
  web.duration_ms =
      Milliseconds(random->LogNormal(180, 1.0) + static_cast<double>(web.down_bytes) / 2000 + kept_ms);
  if (random->Chance(0.15)) web.ending = Ending::kReset;
  Emit(web, random, scene.out);
}

// Mail protocols: a little talk, then a message.
void MailConnection(const Scene& scene, uint16_t port, double up, double down) {
  Random* random = scene.random;
  TcpExchange mail;
  mail.client = Client(scene);
  mail.server = {scene.host.mail_provider, port};
  mail.start_ms = random->Chance(0.2) ? Resolve(scene, scene.start_ms) : scene.start_ms;
  mail.up_bytes = Bytes(random->LogNormal(up, 0.9));
  mail.down_bytes = Bytes(random->LogNormal(down, 0.9));
  mail.duration_ms = Milliseconds(random->LogNormal(1200, 0.7));
  Emit(mail, random, scene.out);
}

}  // namespace

Endpoint Client(const Scene& scene) {
  const OfficeHost& host = scene.host;
  return {host.address,
          static_cast<uint16_t>(scene.random->Between(host.first_ephemeral_port, host.last_ephemeral_port))};
}

int64_t Resolve(const Scene& scene, int64_t start_ms) {
  Random* random = scene.random;
  UdpExchange dns;
  dns.client = Client(scene);
  dns.server = {scene.host.resolver, 53};
  dns.start_ms = start_ms;
  dns.duration_ms = Milliseconds(random->LogNormal(22, 0.7));
  dns.up_size = random->Between(56, 84);
  dns.down_size = dns.up_size + random->Between(16, 220);
  Emit(dns, scene.out);
  return dns.start_ms + dns.duration_ms;
}

void Browse(const Scene& scene) {
  Random* random = scene.random;
  const uint64_t rank = random->Zipf(OfficeNetwork::kSites);
  const uint16_t port = random->Chance(0.8) ? 443 : 80;
  const uint64_t pages = random->Geometric(2.5);
  int64_t now = random->Chance(0.6) ? Resolve(scene, scene.start_ms) : scene.start_ms;
  for (uint64_t page = 0; page < pages; ++page) {
    const uint32_t site = scene.network.Site(scene.host, rank, random);
    const uint64_t connections = random->Geometric(2.5);
    for (uint64_t i = 0; i < connections; ++i) {
      WebConnection(scene, site, port, now + static_cast<int64_t>(random->Exponential(120)));
    }
    now += Milliseconds(random->Exponential(20'000));
  }
}

void CheckMail(const Scene& scene) { MailConnection(scene, 993, 700, 4500); }

void SendMail(const Scene& scene) {
  MailConnection(scene, scene.random->Chance(0.9) ? 587 : 25, 12'000, 1500);
}

void Chat(const Scene& scene) {
  Random* random = scene.random;
  TcpExchange poll;
  poll.client = Client(scene);
  poll.server = {scene.host.chat_service, 443};
  poll.start_ms = scene.start_ms;
  poll.up_bytes = Bytes(random->LogNormal(650, 0.3));
  poll.down_bytes = Bytes(random->LogNormal(420, 0.6));
  poll.duration_ms = Milliseconds(random->LogNormal(15'000, 1.0));
  poll.ending = random->Chance(0.3) ? Ending::kOpen : Ending::kFin;
  Emit(poll, random, scene.out);
}

void Call(const Scene& scene) {
  constexpr double kPacketsPerMs = 0.05;
  constexpr uint8_t kExpedited = 184;
  Random* random = scene.random;
  UdpExchange call;
  call.client = Client(scene);
  call.server = {scene.host.chat_service, static_cast<uint16_t>(random->Between(3478, 3481))};
  call.start_ms = Resolve(scene, scene.start_ms);
  call.duration_ms = Milliseconds(random->LogNormal(600'000, 0.8));
  call.up_packets = 2 + static_cast<uint64_t>(static_cast<double>(call.duration_ms) * kPacketsPerMs);
  call.down_packets =
      2 + static_cast<uint64_t>(static_cast<double>(call.up_packets) * (0.9 + 0.2 * random->Uniform()));
  call.up_size = random->Between(160, 900);
  call.down_size = random->Between(160, 900);
  call.tos = kExpedited;
  Emit(call, scene.out);
}

}  // namespace stanflow
