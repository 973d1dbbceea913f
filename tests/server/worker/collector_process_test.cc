#include "server/worker/collector_process.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <string_view>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_program.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

// Listens on its -p, and says what it is sent before it answers; "END" ends it, after its last words.
constexpr char kNfcapd[] = R"(exec python3 -c '
import socket, sys
listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
listening.bind(("127.0.0.1", int(sys.argv[sys.argv.index("-p") + 1])))
while True:
    said, sender = listening.recvfrom(65536)
    if said == b"END": break
    print(said.decode(), flush=True)
    listening.sendto(b"done", sender)
print("Ident: none, Flows: 0, Sequence Errors: 0, Bad Packets: 2")
print("the disk is gone")
' "$@"
)";

class CollectorProcessTest : public ::testing::Test {
 protected:
  CollectorProcessTest() {
    options_.address = INADDR_LOOPBACK;
    options_.port = FreePort();
    options_.folder = dir_.path();
    options_.lock_path = dir_.File("lock");
    options_.log_path = dir_.File("log");
    auto process = CollectorProcess::Start(options_);
    EXPECT_TRUE(process.ok()) << process.status();
    if (process.ok()) process_ = *std::move(process);
  }
  ~CollectorProcessTest() override { ::close(socket_); }

  static sockaddr_in At(uint16_t port) {
    sockaddr_in name = {};
    name.sin_family = AF_INET;
    name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    name.sin_port = htons(port);
    return name;
  }
  static uint16_t FreePort() {
    const int fd = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_in name = At(0);
    socklen_t size = sizeof(name);
    EXPECT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&name), size), 0);
    EXPECT_EQ(::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size), 0);
    ::close(fd);
    return ntohs(name.sin_port);
  }
  void Send(std::string_view text) const {
    const sockaddr_in name = At(options_.port);
    EXPECT_EQ(::sendto(socket_, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&name),
                       sizeof(name)),
              static_cast<ssize_t>(text.size()));
  }
  void Say(std::string_view line) const {
    Send(line);
    char answer[8];
    EXPECT_EQ(::recv(socket_, answer, sizeof(answer), 0), 4);
  }
  // It is dead, and nobody has noticed yet.
  void End() const {
    Send("END");
    siginfo_t ended = {};
    EXPECT_EQ(::waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT), 0);
  }

  TempDir dir_;
  const FakeProgram nfcapd_{"nfcapd", kNfcapd};
  const int socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  CollectorOptions options_;
  std::unique_ptr<CollectorProcess> process_;
};

TEST_F(CollectorProcessTest, KnowsTheLastWordsOfOneThatEndedByItself) {
  ASSERT_TRUE(process_ != nullptr);
  EXPECT_TRUE(process_->Check().ok());
  End();
  const absl::Status ended = process_->Check();
  EXPECT_TRUE(absl::IsUnavailable(ended)) << ended;
  EXPECT_THAT(std::string(ended.message()), HasSubstr("the disk is gone"));
  EXPECT_EQ(process_->bad_datagrams(), 2u);
}

TEST_F(CollectorProcessTest, CountsWhatOneSaidLastThatHadEndedWhenItWasStopped) {
  ASSERT_TRUE(process_ != nullptr);
  End();
  process_->Stop();
  EXPECT_EQ(process_->bad_datagrams(), 2u);
}

TEST_F(CollectorProcessTest, FreesALongLogAndCutsNothingOff) {
  ASSERT_TRUE(process_ != nullptr);
  const std::string line(60'000, 'x');
  for (int i = 0; i < 20; ++i) Say(line);
  EXPECT_TRUE(process_->Check().ok());
  Say("Bad Packets: 3");
  EXPECT_TRUE(process_->Check().ok());
  EXPECT_EQ(process_->bad_datagrams(), 3u);
  struct stat log = {};
  ASSERT_EQ(::stat(options_.log_path.c_str(), &log), 0);
  EXPECT_GT(log.st_size, 20 * 60'000);
  EXPECT_LT(log.st_blocks * 512, 100'000);
}

}  // namespace
}  // namespace stanflow
