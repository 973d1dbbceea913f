#include "core/io/generic_csv.h"

#include "core/base/strings.h"
#include "core/io/all_formats.h"
#include "core/io/csv_schema.h"
#include "core/io/csv_splitter.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/core/io/io_testing.h"
#include "tests/support/temp_dir.h"

namespace stanflow {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The least that a schema may have; all columns are called as their fields.
json Least() {
  json columns = {{"start", {{"name", "start"}, {"unit", "s"}}},
                  {"duration", {{"name", "duration"}, {"unit", "s"}}}};
  for (const char* field : {"source_address", "destination_address", "protocol", "packets", "bytes"}) {
    columns[field] = {{"name", field}};
  }
  return {{"columns", columns}};
}

constexpr char kHead[] = "start,duration,source_address,destination_address,protocol,packets,bytes";

absl::StatusOr<ReadRows> TryToRead(const json& schema, const std::string& text,
                                   Biflow biflow = Biflow::kSplit) {
  TempDir dir;
  ReaderOptions options;
  options.schema = schema.dump();
  options.biflow = biflow;
  auto reader = OpenFlowReader(dir.Write("f", text), kGenericCsvFormat, options);
  if (!reader.ok()) return reader.status();
  return ReadAllRows(reader->get());
}

ReadRows Read(const json& schema, const std::string& text, Biflow biflow = Biflow::kSplit) {
  auto rows = TryToRead(schema, text, biflow);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.ok() ? *rows : ReadRows();
}

TEST(GenericCsv, WhatTheSchemaDoesNotMapIsNone) {
  const ReadRows rows = Read(Least(), StrCat(kHead, "\n1704672000.5,0.25,10.1.0.1,192.0.2.1,17,2,1001\n"));
  ASSERT_EQ(rows.flows.size(), 1u);
  const Flow expected = {1704672000750, 250, 0x0A010001, 0xC0000201, 0, 0, 17, 0, 0, 2, 1001};
  EXPECT_TRUE(rows.flows.Row(0) == expected);
}

TEST(GenericCsv, TimesComeInTheSchemasUnits) {
  const auto end_and_duration = [](const char* unit, std::string_view end, std::string_view start) {
    json schema = Least();
    schema["columns"].erase("duration");
    schema["columns"]["start"]["unit"] = unit;
    schema["columns"]["end"] = {{"name", "end"}, {"unit", unit}};
    const ReadRows rows =
        Read(schema, StrCat("end,start,source_address,destination_address,protocol,packets,bytes\n", end, ",",
                            start, ",10.1.0.1,192.0.2.1,tcp,1,60\n"));
    EXPECT_TRUE(rows.rejected.empty()) << rows.rejected[0].reason;
    return std::make_pair(rows.flows.end_ms.at(0), rows.flows.duration_ms.at(0));
  };
  const auto expected = std::make_pair(int64_t{1704672001000}, uint32_t{500});
  EXPECT_EQ(end_and_duration("s", "1704672001", "1704672000.5"), expected);
  EXPECT_EQ(end_and_duration("ms", "1704672001000", "1704672000500"), expected);
  EXPECT_EQ(end_and_duration("us", "1704672001000000", "1704672000500000"), expected);
  EXPECT_EQ(end_and_duration("iso8601", "2024-01-08T00:00:01Z", "2024-01-08 00:00:00.5"), expected);
}

TEST(GenericCsv, AnEndBeforeTheStartIsRejected) {
  json schema = Least();
  schema["columns"].erase("duration");
  schema["columns"]["end"] = {{"name", "duration"}, {"unit", "s"}};
  const ReadRows rows = Read(schema, StrCat(kHead, "\n10,9.5,10.1.0.1,192.0.2.1,tcp,1,60\n"));
  ASSERT_EQ(rows.rejected.size(), 1u);
  EXPECT_EQ(rows.rejected[0].reason, "column duration: '9.5' is an end before the start");
}

TEST(GenericCsv, AnswersInTheSameRowAreAFlowOfTheirOwn) {
  json schema = Least();
  for (const char* field : {"reverse_packets", "reverse_bytes", "reverse_tcp_flags", "tcp_flags",
                            "source_port", "destination_port"}) {
    schema["columns"][field] = {{"name", field}};
  }
  const std::string text = StrCat(
      kHead, ",reverse_packets,reverse_bytes,reverse_tcp_flags,tcp_flags,source_port,destination_port\n",
      "1,0,10.1.0.1,192.0.2.1,tcp,3,300,2,5000,0x12,....S.,1000,443\n",
      "2,0,10.1.0.1,192.0.2.1,tcp,3,300,,,,2,1000,443\n");
  const ReadRows rows = Read(schema, text);
  EXPECT_TRUE(rows.rejected.empty()) << rows.rejected[0].reason;
  EXPECT_THAT(rows.flows.bytes, ElementsAre(300, 5000, 300));
  EXPECT_THAT(rows.flows.tcp_flags, ElementsAre(2, 18, 2));
  EXPECT_THAT(rows.flows.source_port, ElementsAre(1000, 443, 1000));
  EXPECT_THAT(Read(schema, text, Biflow::kKeep).flows.bytes, ElementsAre(5300, 300));
}

TEST(GenericCsv, WithoutAHeaderColumnsHaveNumbers) {
  const json schema = json::parse(R"({"header": false, "delimiter": "\t", "columns": {
      "end": {"column": 2, "unit": "s"}, "duration": {"column": 3, "unit": "ms"},
      "source_address": {"column": 4}, "destination_address": {"column": 5}, "protocol": {"column": 6},
      "packets": {"column": 7}, "bytes": {"column": 8}}})");
  const ReadRows rows = Read(schema,
                             "bad\n"
                             "a\t10\t500\t10.1.0.1\t192.0.2.1\ttcp\t1\t1001\tlabel\n"
                             "a\t10\t500\t10.1.0.1\t192.0.2.1\ttcp\t1\t1002\n"
                             "a\t10\t500\t10.1.0.1\t192.0.2.1\ttcp\tx\t1003\tlabel\n"
                             "a\t10\t500\t10.1.0.1\t192.0.2.1\ttcp\t1\t1004\tlabel\n");
  EXPECT_THAT(rows.flows.bytes, ElementsAre(1001, 1004));
  ASSERT_EQ(rows.rejected.size(), 3u);
  EXPECT_THAT(rows.rejected[0].reason, HasSubstr("has no column '2, "));
  EXPECT_EQ(rows.rejected[1].reason, "has 8 columns, the line of names has 9");
  EXPECT_EQ(rows.rejected[2].reason, "column 7: 'x' is not a number");
}

TEST(GenericCsv, AFileWithOtherNamesIsRejectedRowByRowWithTheMissingOne) {
  const ReadRows rows = Read(Least(), "a,b\n1,2\n3,4\n");
  ASSERT_EQ(rows.rejected.size(), 2u);
  EXPECT_THAT(rows.rejected[0].reason, HasSubstr("follows a line of names that has no column 'start"));
}

TEST(GenericCsv, ASchemaIsForThisFormatAlone) {
  TempDir dir;
  const std::string path = dir.Write("f", NumberedRow(1) + "\n");
  EXPECT_THAT(std::string(OpenFlowReader(path, kGenericCsvFormat).status().message()),
              HasSubstr("schema: none is given; one is needed"));
  ReaderOptions options;
  options.schema = Least().dump();
  EXPECT_EQ(OpenFlowReader(path, "auto", options).value()->format(), kGenericCsvFormat);
  EXPECT_THAT(std::string(OpenFlowReader(path, "ugr16-csv", options).status().message()),
              HasSubstr("schema: format ugr16-csv takes none"));
}

TEST(CsvSchema, ErrorsNameTheKeyAndTheMend) {
  const auto error = [](const json& schema) {
    const auto parsed = ParseCsvSchema(schema.dump());
    EXPECT_TRUE(absl::IsInvalidArgument(parsed.status()));
    return std::string(parsed.status().message());
  };
  const auto with = [](const char* pointer, const json& value) {
    json schema = Least();
    schema[json::json_pointer(pointer)] = value;
    return schema;
  };
  const auto without = [](const char* field) {
    json schema = Least();
    schema["columns"].erase(field);
    return schema;
  };
  EXPECT_EQ(error(with("/delimeter", ";")),
            "schema: there is no key 'delimeter'; there are: delimiter, header, columns");
  EXPECT_THAT(error(with("/delimiter", ";;")), HasSubstr("schema: delimiter is ';;'; write one character"));
  EXPECT_THAT(error(with("/delimiter", json::array())),
              HasSubstr("schema: delimiter is no string; write one character"));
  EXPECT_EQ(error(with("/header", "yes")), "schema: header is neither true nor false");
  EXPECT_THAT(error(with("/columns/src", json::object())),
              HasSubstr("columns: there is no key 'src'; there are: start"));
  EXPECT_EQ(error(with("/columns/start/unit", "sec")),
            "schema: columns.start.unit is not known; it is one of s, ms, us, iso8601");
  EXPECT_EQ(error(with("/columns/duration/unit", "iso8601")),
            "schema: columns.duration.unit is not known; it is one of s, ms, us");
  EXPECT_EQ(error(with("/columns/packets/unit", "kB")),
            "schema: columns.packets: there is no key 'unit'; there are: name");
  EXPECT_EQ(error(with("/columns/packets", json{{"column", 3}})),
            "schema: columns.packets: there is no key 'column'; there are: name");
  EXPECT_EQ(error(with("/columns/packets/name", 3)),
            "schema: columns.packets.name is not a column's name; write it as it stands in the first line");
  EXPECT_EQ(error(with("/columns/packets", "Packets")),
            "schema: columns.packets is not an object like {\"name\": \"Packets\"}");
  EXPECT_EQ(error(without("bytes")),
            "schema: columns.bytes is missing; say which column holds it, like {\"name\": \"bytes\"}");
  EXPECT_THAT(error(without("start")), HasSubstr("has not two of start, end and duration"));
  EXPECT_THAT(error(with("/columns/reverse_bytes", json{{"name", "x"}})), HasSubstr("answers need both"));
  EXPECT_THAT(std::string(ParseCsvSchema("{\"columns\"").status().message()),
              HasSubstr("schema: is not JSON of the form"));
  EXPECT_TRUE(ParseCsvSchema(Least().dump()).ok());
}

TEST(CsvSchema, NestingEndsInAnErrorHoweverDeep) {
  const auto nested = [](const char* before, size_t depth, const char* behind) {
    return std::string(
        ParseCsvSchema(StrCat(before, std::string(depth, '['), std::string(depth, ']'), behind))
            .status()
            .message());
  };
  // A recursive copy of this, or its text, would need more than the stack.
  EXPECT_EQ(nested("{\"columns\":", 1'000'000, "}"), "schema: has 2000012 bytes; at most 16384 are read");
  EXPECT_EQ(nested("{\"columns\":", 8000, "}"), "schema: columns is not an object of fields");
  EXPECT_THAT(nested("{\"delimiter\":", 8000, "}"), HasSubstr("schema: delimiter is no string; write one"));
  EXPECT_THAT(nested("{\"columns\":{\"packets\":{\"name\":", 8000, "}}}"),
              HasSubstr("schema: columns.packets.name is not a column's name"));
  EXPECT_THAT(nested("{\"columns\":{\"end\":{\"name\":\"e\",\"unit\":", 8000, "}}}"),
              HasSubstr("schema: columns.end.unit is not known"));
}

TEST(CsvSplitter, UndoesQuotesAndKeepsWhatTheyHold) {
  CsvSplitter splitter(',');
  std::vector<std::string_view> cells;
  std::string reason;
  ASSERT_TRUE(splitter.Split(R"(a,"b,c","say ""hi""", d ," e ",)", &cells, &reason)) << reason;
  EXPECT_THAT(cells, ElementsAre("a", "b,c", "say \"hi\"", "d", " e ", ""));
  ASSERT_TRUE(splitter.Split("x\ry", &cells, &reason)) << reason;
  EXPECT_THAT(cells, ElementsAre("x\ry"));
}

TEST(CsvSplitter, AQuoteThatIsNotClosedSpoilsItsOwnLineOnly) {
  CsvSplitter splitter(',');
  std::vector<std::string_view> cells;
  std::string reason;
  EXPECT_FALSE(splitter.Split(R"(a,"b)", &cells, &reason));
  EXPECT_THAT(reason, HasSubstr("in column 2"));
  EXPECT_FALSE(splitter.Split(R"(a"b,c)", &cells, &reason));
  ASSERT_TRUE(splitter.Split("a,b", &cells, &reason)) << reason;
  EXPECT_THAT(cells, ElementsAre("a", "b"));
}

}  // namespace
}  // namespace stanflow
