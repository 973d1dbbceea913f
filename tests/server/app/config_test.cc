#include "server/app/config.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/app/config_keys.h"

namespace stanflow {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ErrorOf(const std::string& yaml, const std::vector<std::string>& sets = {}) {
  const auto config = ParseConfig(yaml, "c.yaml", sets);
  EXPECT_EQ(config.status().code(), absl::StatusCode::kInvalidArgument) << yaml;
  return std::string(config.status().message());
}

TEST(Config, TakesDefaultsFromAnEmptyFile) {
  for (const char* yaml : {"", "# nothing\n", "---\n", "jobs:\n"}) {
    const auto config = ParseConfig(yaml, "c.yaml", {});
    ASSERT_TRUE(config.ok()) << config.status();
    EXPECT_EQ(config->listen, "127.0.0.1:50551");
    EXPECT_EQ(config->jobs.max_running, 1);
  }
}

TEST(Config, ReadsEveryTypeOfValue) {
  const auto config = ParseConfig(
      "data_dir: /var/lib/stanflow\n"
      "devices: [cuda:0, cpu]\n"
      "jobs:\n  max_running: 2\n  lease_seconds: 12.5\n"
      "uploads:\n  max_bytes: 3MiB\n",
      "c.yaml", {});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->data_dir, "/var/lib/stanflow");
  EXPECT_THAT(config->devices, ElementsAre("cuda:0", "cpu"));
  EXPECT_EQ(config->jobs.max_running, 2);
  EXPECT_EQ(config->jobs.lease_seconds, 12.5);
  EXPECT_EQ(config->uploads.max_bytes, 3 << 20);
}

TEST(Config, LetsTheCommandLineOverrideTheFileInOrder) {
  const auto config =
      ParseConfig("log:\n  level: error\n", "c.yaml",
                  {"log.level=debug", "log.level=warning", "devices=cuda:1,cpu", "data_dir=a=b"});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->log.level, "warning");
  EXPECT_THAT(config->devices, ElementsAre("cuda:1", "cpu"));
  EXPECT_EQ(config->data_dir, "a=b");
}

TEST(Config, NamesFileLineAndTheNearestKeyForAnUnknownOne) {
  EXPECT_THAT(ErrorOf("listen: 127.0.0.1:1\njobs:\n  max_runing: 2\n"),
              HasSubstr("c.yaml:3: unknown key 'jobs.max_runing'; did you mean 'jobs.max_running'?"));
  EXPECT_THAT(ErrorOf("lissten: x\n"), HasSubstr("c.yaml:1: unknown key 'lissten'; did you mean 'listen'?"));
  EXPECT_THAT(ErrorOf("job:\n  max_running: 2\n"), HasSubstr("did you mean 'jobs'?"));
  EXPECT_THAT(ErrorOf("max_running: 2\n"), HasSubstr("did you mean 'jobs.max_running'?"));
  EXPECT_THAT(ErrorOf("colour: red\n"), HasSubstr("--print-config"));
  EXPECT_THAT(ErrorOf("", {"log.levle=info"}),
              HasSubstr("--set: unknown key 'log.levle'; did you mean 'log.level'?"));
}

TEST(Config, NamesFileLineAndWhatIsExpectedForABadValue) {
  EXPECT_THAT(ErrorOf("jobs:\n  max_running: many\n"),
              HasSubstr("c.yaml:2: jobs.max_running is 'many'; expected: integer from 1 to 64"));
  EXPECT_THAT(ErrorOf("jobs:\n  max_running: 0\n"), HasSubstr("integer from 1 to 64"));
  EXPECT_THAT(ErrorOf("jobs:\n  lease_seconds: nan\n"), HasSubstr("number from 10 to 3600, seconds"));
  EXPECT_THAT(ErrorOf("log:\n  format: xml\n"), HasSubstr("one of text, json"));
  EXPECT_THAT(ErrorOf("listen: 50551\n"), HasSubstr("HOST:PORT"));
  EXPECT_THAT(ErrorOf("listen: 127.0.0.1:70000\n"), HasSubstr("HOST:PORT"));
  EXPECT_THAT(ErrorOf("devices: [gpu]\n"), HasSubstr("list of auto, cpu, cuda:N"));
  EXPECT_THAT(ErrorOf("devices: []\n"), HasSubstr("list of auto"));
  EXPECT_THAT(ErrorOf("uploads:\n  max_bytes: 9000000TiB\n"), HasSubstr("bytes"));
  EXPECT_THAT(ErrorOf("listen:\n"), HasSubstr("listen has no value"));
  EXPECT_THAT(ErrorOf("listen: {a: b}\n"), HasSubstr("listen has no value"));
  EXPECT_THAT(ErrorOf("jobs: 3\n"), HasSubstr("'jobs' is a section"));
  EXPECT_THAT(ErrorOf("- a\n"), HasSubstr("expected keys"));
  EXPECT_THAT(ErrorOf("", {"listen"}), HasSubstr("--set: 'listen' is not KEY=VALUE"));
}

TEST(Config, NamesTheLineOfASyntaxError) {
  EXPECT_THAT(ErrorOf("listen: a:1\n\tjobs: {\n"), HasSubstr("c.yaml:2: "));
}

TEST(Config, RefusesAKeyThatStandsTwice) {
  EXPECT_THAT(ErrorOf("data_dir: a\nlisten: a:1\ndata_dir: b\n"),
              HasSubstr("c.yaml:3: 'data_dir' stands already at c.yaml:1"));
}

TEST(Config, TellsAllFaultsAtOnce) {
  const std::string error = ErrorOf("listen: x\nlog:\n  level: loud\n", {"a=b"});
  EXPECT_THAT(error, HasSubstr("c.yaml:1: "));
  EXPECT_THAT(error, HasSubstr("c.yaml:3: "));
  EXPECT_THAT(error, HasSubstr("--set: "));
}

TEST(Config, SaysThatThereIsNoSuchFile) {
  const auto config = LoadConfig("/does/not/exist.yaml", {});
  EXPECT_EQ(config.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(config.status().message()), HasSubstr("/does/not/exist.yaml"));
}

TEST(Config, DescribesEveryKeyAsAFileThatSetsTheDefaults) {
  const std::string reference = DescribeConfig();
  const auto config = ParseConfig(reference, "reference", {});
  ASSERT_TRUE(config.ok()) << config.status();
  for (const ConfigKey& key : ConfigKeys()) {
    EXPECT_EQ(ConfigValueText(key, *config), ConfigValueText(key, ServerConfig())) << key.name;
    const std::string last = key.name.substr(key.name.rfind('.') + 1);
    EXPECT_THAT(reference, HasSubstr(last + ": " + ConfigValueText(key, ServerConfig()) + "\n"));
    EXPECT_FALSE(key.help.empty()) << key.name;
  }
}

TEST(Config, HasDefaultsWithinTheBoundsOfEveryKey) {
  for (const ConfigKey& key : ConfigKeys()) {
    ServerConfig config;
    std::string text = ConfigValueText(key, config);
    if (text.front() == '[') text = text.substr(1, text.size() - 2);
    if (text == "\"\"") text.clear();
    EXPECT_TRUE(SetConfigValue(key, {text}, &config).ok()) << key.name;
  }
}

}  // namespace
}  // namespace stanflow
