#include "client/cli/lib/upload.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/escaping.h"
#include "client/cli/lib/format.h"
#include "client/cli/lib/progress.h"
#include "core/base/digest.h"
#include "core/base/file.h"
#include "core/base/status_macros.h"
#include "core/base/strings.h"

namespace stanflow {
namespace {

namespace v1 = stanflow::v1;

constexpr size_t kMessageBytes = size_t{1} << 20;

// A file or standard input, read front to back.
class InputFile {
 public:
  static absl::StatusOr<InputFile> Open(const std::string& path) {
    if (path == "-") return InputFile(dup(STDIN_FILENO), "standard input");
    const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return ErrnoToStatus(errno, "can't open", path);
    return InputFile(fd, path);
  }
  InputFile(InputFile&& other) noexcept : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
  ~InputFile() {
    if (fd_ >= 0) close(fd_);
  }

  // Fills `block`, shorter only at the end; empty there.
  absl::Status Read(std::string* block) {
    block->resize(kMessageBytes);
    size_t have = 0;
    while (have < kMessageBytes) {
      const ssize_t got = read(fd_, block->data() + have, kMessageBytes - have);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return ErrnoToStatus(errno, "can't read", path_);
      if (got == 0) break;
      have += static_cast<size_t>(got);
    }
    block->resize(have);
    return absl::OkStatus();
  }

 private:
  InputFile(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
  int fd_;
  std::string path_;
};

struct SizeAndDigest {
  uint64_t bytes = 0;
  std::string sha256;  // 32 bytes
};

absl::StatusOr<SizeAndDigest> Measure(const Cli& cli, const std::string& path) {
  STANFLOW_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
  SizeAndDigest out;
  Sha256 digest;
  std::string block;
  do {
    if (cli.interrupt->triggered()) return absl::CancelledError("interrupted");
    STANFLOW_RETURN_IF_ERROR(file.Read(&block));
    digest.Update(block);
    out.bytes += block.size();
  } while (!block.empty());
  out.sha256 = digest.Finish();
  return out;
}

// What has been sent, on a line.
class UploadProgress {
 public:
  // `total_bytes` 0: unknown.
  UploadProgress(const Cli& cli, uint64_t total_bytes) : line_(cli.err), total_bytes_(total_bytes) {}

  void Add(size_t bytes) {
    sent_ += bytes;
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    std::string text =
        total_bytes_ > 0 ? ProgressBar(static_cast<double>(sent_) / static_cast<double>(total_bytes_)) : "";
    StrAppend(&text, "  uploading  ", FormatBytes(sent_));
    if (seconds > 0)
      StrAppend(&text, "  ", FormatBytes(static_cast<uint64_t>(static_cast<double>(sent_) / seconds)), "/s");
    line_.Show(text);
  }

 private:
  ProgressLine line_;
  const uint64_t total_bytes_;
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  uint64_t sent_ = 0;
};

// Sends the files' blocks as `data` of messages. A stream that the server has ended early is no error
// here: its status tells.
template <typename Request, typename Writer>
absl::Status SendBlocks(const std::vector<std::string>& paths, UploadProgress* progress, Writer* writer) {
  Request request;
  for (const std::string& path : paths) {
    STANFLOW_ASSIGN_OR_RETURN(InputFile file, InputFile::Open(path));
    while (true) {
      STANFLOW_RETURN_IF_ERROR(file.Read(request.mutable_data()));
      if (request.data().empty()) break;
      if (!writer->Write(request)) return absl::OkStatus();
      progress->Add(request.data().size());
    }
  }
  return absl::OkStatus();
}

// A client stream of one header and files. `first` is the message with the header; `total_bytes` 0: unknown.
template <typename Request, typename Response, typename Writer>
absl::StatusOr<Response> Send(const Cli& cli, const Server& server, const std::vector<std::string>& paths,
                              uint64_t total_bytes, const Request& first, grpc::ClientContext* context,
                              Writer* writer, const Response* response) {
  absl::Status local;
  UploadProgress progress(cli, total_bytes);
  if (writer->Write(first)) local = SendBlocks<Request>(paths, &progress, writer);
  // A file that could not be read to its end must not look complete.
  if (local.ok()) {
    writer->WritesDone();
  } else {
    context->TryCancel();
  }
  const absl::Status status = FromGrpc(writer->Finish(), server.address);
  STANFLOW_RETURN_IF_ERROR(local);
  STANFLOW_RETURN_IF_ERROR(status);
  return *response;
}

absl::StatusOr<v1::Job> SendDataset(const Cli& cli, const Server& server,
                                    const std::vector<std::string>& paths, uint64_t total_bytes,
                                    v1::UploadHeader header) {
  v1::UploadRequest first;
  *first.mutable_header() = std::move(header);
  grpc::ClientContext context;
  const Interrupt::CallScope scope(server.interrupt, &context);
  v1::Job job;
  const auto writer = server.datasets->Upload(&context, &job);
  return Send(cli, server, paths, total_bytes, first, &context, writer.get(), &job);
}

}  // namespace

absl::StatusOr<v1::Job> UploadDataset(const Cli& cli, const Server& server, const std::string& path,
                                      v1::UploadHeader header) {
  if (path != "-") {
    STANFLOW_ASSIGN_OR_RETURN(SizeAndDigest measured, Measure(cli, path));
    header.set_size_bytes(measured.bytes);
    header.set_sha256(std::move(measured.sha256));
  }
  const uint64_t size = header.size_bytes();
  return SendDataset(cli, server, {path}, size, std::move(header));
}

absl::StatusOr<v1::Job> UploadDatasetFiles(const Cli& cli, const Server& server,
                                           const std::vector<std::string>& paths, v1::UploadHeader header) {
  uint64_t total_bytes = 0;
  for (const std::string& path : paths) {
    STANFLOW_ASSIGN_OR_RETURN(SizeAndDigest measured, Measure(cli, path));
    auto* const file = header.add_files();
    file->set_name(absl::Utf8SafeCHexEscape(path));  // a path may be any bytes
    file->set_size_bytes(measured.bytes);
    file->set_sha256(std::move(measured.sha256));
    total_bytes += measured.bytes;
  }
  return SendDataset(cli, server, paths, total_bytes, std::move(header));
}

absl::StatusOr<v1::ModelVersion> UploadModel(const Cli& cli, const Server& server, const std::string& path,
                                             const std::string& model) {
  uint64_t size = 0;
  if (path != "-") {
    STANFLOW_ASSIGN_OR_RETURN(size, FileSize(path));
  }
  v1::ImportModelRequest first;
  first.mutable_header()->set_model(model);
  grpc::ClientContext context;
  const Interrupt::CallScope scope(server.interrupt, &context);
  v1::ModelVersion version;
  const auto writer = server.models->ImportModel(&context, &version);
  return Send(cli, server, {path}, size, first, &context, writer.get(), &version);
}

}  // namespace stanflow
