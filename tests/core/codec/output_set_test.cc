#include "core/codec/output_set.h"

#include <cmath>

#include "gtest/gtest.h"
#include "tests/support/sample_rows.h"

namespace stanflow {
namespace {

MarginalCounts Counts() {
  MarginalCounts counts;
  for (const HostRow& row : SampleRows(20000)) counts.Add(row);
  return counts;
}

TEST(MarginalCounts, FindsTheResolutionOfAColumn) {
  EXPECT_EQ(Counts().Resolution(Attribute::kDuration), 4u);
  EXPECT_EQ(Counts().Resolution(Attribute::kBytes), 1u);
}

TEST(MarginalCounts, CountsWhatFindsNoPlace) {
  MarginalCounts counts(/*max_distinct=*/2);
  for (const HostRow& row : SampleRows(100)) counts.Add(row);
  EXPECT_GT(counts.dropped(Attribute::kBytes), 0u);
  EXPECT_EQ(counts.Sorted(Attribute::kBytes).size(), 2u);
  EXPECT_EQ(counts.dropped(Attribute::kDirection), 0u);
}

class Outputs : public ::testing::TestWithParam<const char*> {
 protected:
  OutputSet Fit() const {
    const std::string kind = GetParam();
    if (kind == "paper") return FitPaperOutputs(Counts()).value();
    return FitCausalOutputs(Counts(), kind == "causal, mask A").value();
  }
};

TEST_P(Outputs, DrawEveryAttributeOnceOctetsInOrder) {
  const OutputSet set = Fit();
  std::vector<int> octets;
  std::array<int, kNumAttributes> times{};
  for (const Output& output : set.outputs) {
    if (output.octet >= 0) octets.push_back(output.octet);
    if (output.octet <= 0) ++times[static_cast<int>(output.attribute)];
  }
  EXPECT_EQ(octets, (std::vector<int>{0, 1, 2, 3}));
  for (int a = 0; a < kNumAttributes; ++a) EXPECT_EQ(times[a], 1) << kAttributeNames[a];
}

TEST_P(Outputs, DecodeEveryValueIntoItsClass) {
  const OutputSet set = Fit();
  for (HostRow row : SampleRows(5000, /*salt=*/1)) {
    for (const Output& output : set.outputs) {
      const uint64_t value = output.ValueOf(row);
      if (output.head == HeadKind::kMixture) {
        EXPECT_EQ(output.continuous->Decode(output.continuous->Encode(value)), value) << output.name();
        continue;
      }
      const Code code = output.Encode(row);
      HostRow back = row;
      output.SetValue(&back, output.classes->Decode(code.cls, 0.37, output.GivenOf(row)));
      const Code again = output.Encode(back);
      EXPECT_TRUE(again.cls == code.cls || again.alt == code.cls) << output.name() << " " << value;
    }
  }
}

// Every value of the small domains; of the wide ones every power of two and its neighbours.
std::vector<uint64_t> ValuesOf(const Output& output) {
  uint64_t last = 255;
  switch (output.attribute) {
    case Attribute::kDirection:
      last = 1;
      break;
    case Attribute::kLocalPort:
    case Attribute::kRemotePort:
      last = 65535;
      break;
    case Attribute::kPackets:
    case Attribute::kBytes: {
      std::vector<uint64_t> values = {1, 2, 3, kMaxFlowCount - 1, kMaxFlowCount};
      for (int bit = 2; bit < 48; ++bit) {
        for (const int beside : {-1, 0, 1}) values.push_back((uint64_t{1} << bit) + beside);
      }
      return values;
    }
    case Attribute::kTimeDelta:
      last = 100'000;
      break;
    case Attribute::kDuration:
      last = 1'000'000;
      break;
    default:
      break;
  }
  const uint64_t unit = output.classes != nullptr ? output.classes->options().unit : 1;
  std::vector<uint64_t> values;
  for (uint64_t v = 0; v <= last; v += unit) values.push_back(v);
  return values;
}

TEST_P(Outputs, DecodeEveryValueThatARecordCanHoldIntoItsClass) {
  for (const Output& output : Fit().outputs) {
    if (output.classes == nullptr) continue;
    for (const uint64_t value : ValuesOf(output)) {
      HostRow row;
      row.packets = std::max<uint64_t>(1, value >> 16);  // no packet has more than 65,535 bytes
      output.SetValue(&row, value);
      ASSERT_EQ(output.ValueOf(row), value) << output.name();
      const Code code = output.Encode(row);
      for (const double u : {0.0, 0.37, 0.999999}) {
        HostRow back = row;
        output.SetValue(&back, output.classes->Decode(code.cls, u, output.GivenOf(row)));
        const Code again = output.Encode(back);
        ASSERT_TRUE(again.cls == code.cls || again.alt == code.cls) << output.name() << " " << value;
      }
    }
  }
}

TEST_P(Outputs, MarginalsAddUpToOne) {
  for (const Output& output : Fit().outputs) {
    if (output.head == HeadKind::kMixture) continue;
    double sum = 0;
    for (float log_p : output.log_marginal) sum += std::exp(log_p);
    EXPECT_NEAR(sum, 1, 1e-4) << output.name();
  }
}

TEST_P(Outputs, ComeBackFromJsonAsTheyWere) {
  const OutputSet set = Fit();
  const OutputSet back = OutputSet::FromJson(nlohmann::json::parse(set.ToJson().dump())).value();
  EXPECT_EQ(back.ToJson(), set.ToJson());
}

INSTANTIATE_TEST_SUITE_P(Presets, Outputs, ::testing::Values("causal", "causal, mask A", "paper"),
                         [](const auto& info) {
                           std::string name = info.param;
                           for (char& c : name) c = std::isalnum(c) ? c : '_';
                           return name;
                         });

TEST(PaperOutputs, HaveTheNumberOfClassesThatThePaperHas) {
  const OutputSet set = FitPaperOutputs(Counts()).value();
  for (const Output& output : set.outputs) {
    if (output.attribute == Attribute::kLocalPort) {
      EXPECT_EQ(output.classes->num_classes(), 1670);
    }
    if (output.attribute == Attribute::kProtocol) {
      EXPECT_EQ(output.classes->num_classes(), 3);
    }
    if (output.attribute == Attribute::kDirection) {
      EXPECT_EQ(output.classes->num_classes(), 2);
    }
    if (output.octet >= 0) {
      EXPECT_EQ(output.classes->num_classes(), 256);
    }
  }
}

TEST(CausalOutputs, MaskALooksAtNoOtherAttribute) {
  const OutputSet set = FitCausalOutputs(Counts(), /*independent=*/true).value();
  for (const Output& output : set.outputs) {
    EXPECT_FALSE(output.classes->options().scaled_by_given) << output.name();
  }
}

TEST(CausalOutputs, StartOutExpectingNoPacketThatNoEthernetCarries) {
  const OutputSet set = FitCausalOutputs(Counts(), /*independent=*/false).value();
  for (const Output& output : set.outputs) {
    if (output.attribute != Attribute::kBytes) continue;
    const ClassCodec::Options& options = output.classes->options();
    double beyond = 0;
    for (size_t b = 0; b + 1 < options.edges.size(); ++b) {
      if (options.edges[b] >= 1536) beyond += std::exp(output.log_marginal[options.values.size() + b]);
    }
    EXPECT_GT(beyond, 0) << "training may not have seen all";
    EXPECT_LT(beyond, 0.01);
  }
}

TEST(OutputSet, NamesWhatIsWrongWithDamagedState) {
  auto json = FitCausalOutputs(Counts(), false).value().ToJson();
  json[2]["attribute"] = "colour";
  const auto status = OutputSet::FromJson(json).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(status.message().find("colour"), absl::string_view::npos);
}

TEST(OutputSet, NeedsRowsToFit) {
  EXPECT_EQ(FitCausalOutputs(MarginalCounts(), false).status().code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace stanflow
