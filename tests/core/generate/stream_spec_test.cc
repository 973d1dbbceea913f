#include "core/generate/stream_spec.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stanflow {
namespace {

using ::testing::HasSubstr;

struct Case {
  std::string name;
  StreamSpec spec;
  std::string message;  // empty: valid
};

StreamSpec Spec(uint32_t hosts, int prefix) {
  StreamSpec spec;
  spec.hosts = hosts;
  spec.home = Cidr{0x0A000000, prefix};
  return spec;
}

StreamSpec With(void (*change)(StreamSpec*)) {
  StreamSpec spec;
  change(&spec);
  return spec;
}

TEST(StreamSpec, IsRefusedWithTheFieldAndTheMend) {
  const Case cases[] = {
      {"the default", {}, ""},
      {"as many hosts as the network holds", Spec(255, 24), ""},
      {"one more", Spec(256, 24),
       "home: 10.0.0.0/24 has 255 addresses after its first one, fewer than 256 hosts; take a /23"},
      {"the most hosts", Spec(65536, 15), ""},
      {"the most hosts in the default network", Spec(65536, 16), "take a /15"},
      {"no host", Spec(0, 16), "hosts: 0; give 1 to 65536"},
      {"too many hosts", Spec(65537, 8), "hosts: 65537; give 1 to 65536"},
      {"one address", Spec(1, 32), "take a /31"},
      {"host bits", With([](StreamSpec* s) { s->home.network = 0x0A000001; }), "home: not a network"},
      {"no rows", With([](StreamSpec* s) { s->rows = 0; }), "rows: 0"},
      {"no duration", With([](StreamSpec* s) { s->duration_ms = 0; }), "duration: 0 ms"},
      {"both extents", With([](StreamSpec* s) { s->rows = 1, s->duration_ms = 1; }), "exclude each other"},
      {"an end beyond all clocks", With([](StreamSpec* s) { s->duration_ms = INT64_MAX; }), "year 9999"},
      {"a start before 1970", With([](StreamSpec* s) { s->start_ms = -1; }), "start: must lie"},
  };
  for (const Case& c : cases) {
    const absl::Status status = ValidateStreamSpec(c.spec);
    if (c.message.empty()) {
      EXPECT_TRUE(status.ok()) << c.name << ": " << status;
    } else {
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.name;
      EXPECT_THAT(std::string(status.message()), HasSubstr(c.message)) << c.name;
    }
  }
}

TEST(DefaultHosts, AreTheModelsOwnElseTheTrainingDatasButNoMoreThanFillABatch) {
  EXPECT_EQ(DefaultHosts(0, 7), 7u);
  EXPECT_EQ(DefaultHosts(0, 5000), 90u);
  EXPECT_EQ(DefaultHosts(0, 0), 1u);
  EXPECT_EQ(DefaultHosts(5000, 7), 5000u);
}

}  // namespace
}  // namespace stanflow
