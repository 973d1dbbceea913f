#include "client/cli/lib/output.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

#include "core/base/file.h"

namespace stanflow {

int WriteAll(int fd, std::string_view data) {
  while (!data.empty()) {
    const ssize_t written = write(fd, data.data(), data.size());
    if (written >= 0) {
      data.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd wait{fd, POLLOUT, 0};
      poll(&wait, 1, -1);
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

Output::Output(int fd) : fd_(fd), terminal_(isatty(fd) == 1) {}

absl::Status Output::Write(std::string_view data) {
  const int error = closed_ ? EPIPE : WriteAll(fd_, data);
  if (error == 0) return absl::OkStatus();
  if (error != EPIPE)
    return ErrnoToStatus(error, "can't write", fd_ == STDOUT_FILENO ? "standard output" : "output");
  closed_ = true;
  return absl::CancelledError("the reader of the output has gone away");
}

int Output::width() const {
  winsize size{};
  return ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace stanflow
