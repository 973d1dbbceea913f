#ifndef STANFLOW_TESTS_CLI_CLI_TESTING_H_
#define STANFLOW_TESTS_CLI_CLI_TESTING_H_

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/cli/fake_server.h"
#include "tests/cli/program.h"
#include "tests/support/temp_dir.h"

namespace stanflow {

// The real program against a server of the test.
class CliTest : public ::testing::Test {
 protected:
  using Words = std::vector<std::string>;

  Program::Options ToServer() const {
    Program::Options options;
    options.environment = {{"STANFLOW_SERVER", server_.address()}};
    return options;
  }
  Ended Run(const Words& words) const { return Program(STANFLOW_PROGRAM, words, ToServer()).Wait(); }
  // Of a command that must end well.
  std::string Output(const Words& words) const {
    const Ended ended = Run(words);
    EXPECT_EQ(ended.code, 0) << ended.err;
    return ended.out;
  }
  nlohmann::json JsonOf(const Words& words) const {
    const auto json = nlohmann::json::parse(Output(words), nullptr, /*allow_exceptions=*/false);
    EXPECT_FALSE(json.is_discarded());
    return json;
  }

  FakeServer server_;
  TempDir dir_;
};

}  // namespace stanflow

#endif  // STANFLOW_TESTS_CLI_CLI_TESTING_H_
