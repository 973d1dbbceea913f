#ifndef STANFLOW_SERVER_APP_CONFIG_H_
#define STANFLOW_SERVER_APP_CONFIG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace stanflow {

// Everything that can be set of a server. The defaults stand here; what each key means, its unit, bounds and
// reason stand in the table of config_keys.cc, which is all that parsing, checking and documentation know.
struct ServerConfig {
  std::string data_dir = "stanflow-data";
  std::string listen = "127.0.0.1:50551";
  std::string metrics_listen = "127.0.0.1:9464";
  std::vector<std::string> devices = {"auto"};

  struct Log {
    std::string level = "info";
    std::string format = "text";
  } log;

  struct Jobs {
    int64_t max_running = 1;
    int64_t max_queued = 1000;
    int64_t max_failures = 3;
    double lease_seconds = 30;
    double cancel_grace_seconds = 20;
    int64_t worker_threads = 0;
    std::string worker_program;
  } jobs;

  struct Generate {
    int64_t engine_threads = 0;
    int64_t max_streams = 256;
    int64_t max_contexts = 65536;
    int64_t look_ahead_rows = 16384;
    int64_t snapshot_rows = 200000;
    int64_t snapshot_memory_bytes = int64_t{512} << 20;
    int64_t snapshot_disk_bytes = int64_t{16} << 30;
    int64_t outbox_bytes = int64_t{4} << 20;
    double stall_timeout_seconds = 600;
    double load_timeout_seconds = 60;
  } generate;

  struct Streams {
    int64_t max_running = 16;
    std::string file_dir;
  } streams;

  struct Collections {
    int64_t max_running = 4;
    int64_t max_rows = 50'000'000;
    int64_t max_spool_bytes = int64_t{1} << 30;
    int64_t receive_buffer_bytes = int64_t{8} << 20;
  } collections;

  struct Uploads {
    int64_t max_bytes = int64_t{16} << 30;
    int64_t max_uncompressed_bytes = int64_t{64} << 30;
  } uploads;

  struct Models {
    int64_t max_loaded_bytes = int64_t{4} << 30;
  } models;

  struct Shutdown {
    double drain_seconds = 20;
  } shutdown;
};

// Defaults, then the file (YAML; empty path: none), then `sets` ("key=value", in order). INVALID_ARGUMENT
// names every fault, a line each, with its place ("FILE:12", "--set") and, for an unknown key, the nearest
// right one; NOT_FOUND if there is no such file.
absl::StatusOr<ServerConfig> LoadConfig(const std::string& path, const std::vector<std::string>& sets);

// The same from the file's text; `name` stands for the file in errors.
absl::StatusOr<ServerConfig> ParseConfig(const std::string& yaml, const std::string& name,
                                         const std::vector<std::string>& sets);

// The reference: every key with its meaning, unit, bounds and default, as a YAML file that sets the defaults.
std::string DescribeConfig();

}  // namespace stanflow

#endif  // STANFLOW_SERVER_APP_CONFIG_H_
