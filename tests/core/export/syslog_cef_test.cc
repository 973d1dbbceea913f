#include "core/export/syslog_cef.h"

#include "tests/core/export/export_testing.h"

namespace stanflow {
namespace {

SyslogCefOptions Options() {
  SyslogCefOptions options;
  options.hostname = "edge-fw";
  options.version = "0.1.0";
  return options;
}

constexpr std::string_view kExample =
    "<134>1 2024-01-08T09:30:01.250Z edge-fw stanflow - flow - "
    "CEF:0|stanflow|stanflow|0.1.0|flow|network flow|0|"
    "start=1704706179198 end=1704706201250 src=198.51.100.7 dst=10.1.0.5 proto=TCP spt=17784 dpt=22 "
    "in=3928 cn1=35 cn1Label=packets cn2=8 cn2Label=ipClassOfService cs1=.AP.S. cs1Label=tcpControlBits";

TEST(SyslogCef, SendsOneDatagramAFlowAtOnce) {
  FlowTable flows = OneFlow(ExampleFlow());
  flows.Append(ExampleFlow());
  const auto encoder = NewSyslogCefEncoder(Options()).value();
  DatagramBatch batch;
  ASSERT_TRUE(encoder->Add(flows, 0, 2, &batch).ok());
  ASSERT_EQ(batch.size(), 2u);
  EXPECT_EQ(batch[0], kExample);
  EXPECT_EQ(batch[1], kExample);
  EXPECT_EQ(batch.flows(0), 1u);
  EXPECT_EQ(encoder->counts().flows, 2u);
}

TEST(SyslogCef, WritesALineAFlowForTcp) {
  FlowTable flows = OneFlow(ExampleFlow());
  flows.Append(ExampleFlow());
  const auto writer = NewSyslogCefWriter(Options()).value();
  std::string text;
  writer->AppendHeader(&text);
  writer->AppendRows(flows, 1, 2, &text);
  EXPECT_EQ(text, StrCat(kExample, "\n"));
}

TEST(SyslogCef, IcmpHasTypeAndCodeInsteadOfPorts) {
  Flow echo = ExampleFlow();
  echo.protocol = kIcmp;
  echo.destination_port = 0x0800;
  const auto encoder = NewSyslogCefEncoder(Options()).value();
  DatagramBatch batch;
  ASSERT_TRUE(encoder->Add(OneFlow(echo), 0, 1, &batch).ok());
  const std::string text(batch[0]);
  EXPECT_NE(text.find(" proto=ICMP cn3=2048 cn3Label=icmpTypeCode in="), std::string::npos) << text;
  EXPECT_EQ(text.find("spt="), std::string::npos) << text;
}

// The extension is "KEY=VALUE KEY=VALUE": no value of any flow breaks it.
TEST(SyslogCef, EveryFlowsExtensionIsKeysAndValues) {
  const auto encoder = NewSyslogCefEncoder(Options()).value();
  const DatagramBatch batch = EncodeAll(encoder.get(), ManyFlows(2000));
  ASSERT_EQ(batch.size(), 2000u);
  for (size_t i = 0; i < batch.size(); ++i) {
    const std::string_view text = batch[i];
    ASSERT_EQ(text.find_first_of("\n\r\\"), std::string_view::npos) << text;
    const std::string_view extension = text.substr(text.rfind('|') + 1);
    const auto spaces = std::count(extension.begin(), extension.end(), ' ');
    ASSERT_EQ(std::count(extension.begin(), extension.end(), '='), spaces + 1) << text;
    ASSERT_EQ(std::count(text.begin(), text.end(), '|'), 7) << text;
  }
}

TEST(SyslogCef, HeaderFieldsAreEscaped) {
  EXPECT_EQ(EscapeCefHeader("1.0|beta\\x=y\nz"), "1.0\\|beta\\\\x=y z");
}

TEST(SyslogCef, AHostnameThatBreaksTheFrameIsRefused) {
  const std::string names[] = {"", "two words", "a\n", std::string(256, 'a')};
  for (const std::string& name : names) {
    SyslogCefOptions options = Options();
    options.hostname = name;
    EXPECT_EQ(NewSyslogCefEncoder(options).status().code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_EQ(NewSyslogCefWriter(options).status().code(), absl::StatusCode::kInvalidArgument) << name;
  }
}

}  // namespace
}  // namespace stanflow
