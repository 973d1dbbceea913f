#include "server/metrics/metrics_http.h"

#include <sys/socket.h>

#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "core/base/strings.h"
#include "httplib.h"

namespace stanflow {
namespace {

constexpr int kThreads = 4;  // scrapes at once; one more waits
constexpr int kSocketSeconds = 5;

absl::Status CanNotListen(const std::string& listen) {
  return absl::FailedPreconditionError(StrCat("metrics_listen: can't listen on ", listen,
                                              "; is the port in use? Set metrics_listen to another one"));
}

// The library's own options let a second server share the port.
void SetSocketOptions(socket_t socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
}

}  // namespace

struct MetricsHttp::Rep {
  httplib::Server server;
  std::thread thread;
  int port = 0;
};

absl::StatusOr<std::unique_ptr<MetricsHttp>> MetricsHttp::Start(const std::string& listen,
                                                                std::function<std::string()> text) {
  const size_t colon = listen.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(listen.substr(colon + 1), &port)) {
    return absl::InvalidArgumentError(StrCat("metrics_listen: '", listen, "' is not HOST:PORT"));
  }
  std::string host = listen.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);

  auto rep = std::make_unique<Rep>();
  httplib::Server& server = rep->server;
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_socket_options(SetSocketOptions);
  server.set_keep_alive_max_count(1);  // an idle scraper holds no thread
  server.set_read_timeout(kSocketSeconds);
  server.set_write_timeout(kSocketSeconds);
  server.Get("/metrics", [text = std::move(text)](const httplib::Request&, httplib::Response& response) {
    response.set_content(text(), "text/plain; version=0.0.4; charset=utf-8");
  });
  if (port == 0) {
    rep->port = server.bind_to_any_port(host);
    if (rep->port <= 0) return CanNotListen(listen);
  } else {
    if (!server.bind_to_port(host, port)) return CanNotListen(listen);
    rep->port = port;
  }
  rep->thread = std::thread([&server] { server.listen_after_bind(); });
  // Stopping a server that does not run yet would be lost.
  while (!server.is_running()) std::this_thread::yield();
  return std::unique_ptr<MetricsHttp>(new MetricsHttp(std::move(rep)));
}

MetricsHttp::MetricsHttp(std::unique_ptr<Rep> rep) : rep_(std::move(rep)) {}

MetricsHttp::~MetricsHttp() {
  rep_->server.stop();
  rep_->thread.join();
}

int MetricsHttp::port() const { return rep_->port; }

}  // namespace stanflow
