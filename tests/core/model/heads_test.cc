#include <algorithm>
#include <cmath>
#include <limits>

#include "core/model/head.h"
#include "core/model/paper_net.h"
#include "gtest/gtest.h"
#include "tests/support/small_model.h"

namespace stanflow {
namespace {

// Values that are summed one by one; beyond them a range is asked for.
constexpr uint64_t kCounted = 100'000;

struct Domain {
  uint64_t first = 0, unit = 1, end = 0;  // end: one past the last, or no end
};

Domain DomainOf(const Output& output) {
  if (output.continuous != nullptr) {
    const ContinuousCodec::Options& o = output.continuous->options();
    return {o.min, o.unit, o.max + o.unit};
  }
  const uint64_t unit = output.classes->options().unit;
  if (output.octet >= 0) return {0, 1, 256};
  switch (output.attribute) {
    case Attribute::kDirection:
      return {0, 1, 2};
    case Attribute::kProtocol:
    case Attribute::kTcpFlags:
    case Attribute::kTos:
      return {0, 1, 256};
    case Attribute::kLocalPort:
    case Attribute::kRemotePort:
      return {0, 1, 65536};
    case Attribute::kPackets:
      return {kMinFlowCount, unit, std::numeric_limits<uint64_t>::max()};
    default:  // the lowest bin of bytes holds a 0 that is never recorded: it is drawn as 1
      return {0, unit, std::numeric_limits<uint64_t>::max()};
  }
}

double SumOfMasses(const Head& head, const Output& output, const float* parameters, HostRow row) {
  const Domain domain = DomainOf(output);
  double sum = 0;
  uint64_t value = domain.first;
  for (uint64_t n = 0; n < kCounted && value < domain.end; ++n, value += domain.unit) {
    if (output.octet < 0) {
      row.Set(output.attribute, value);  // as it is: SetValue keeps to what a record may hold
    } else {
      output.SetValue(&row, value);
    }
    sum += std::exp(-head.ExactNats(parameters, row));
  }
  if (value >= domain.end) return sum;
  // A mixture's integers reach half a unit to both sides.
  const double low = static_cast<double>(value) -
                     (output.continuous == nullptr ? 0 : 0.5 * static_cast<double>(domain.unit));
  return sum + std::exp(-head.RangeNats(parameters, row, low, 1e30));
}

class Heads : public ::testing::TestWithParam<Preset> {};

TEST_P(Heads, GiveMassesThatAddUpToOneOverAllValuesOfEveryOutput) {
  const auto model = SmallModel(GetParam());
  const std::vector<HostRow> rows = SampleRows(4, /*salt=*/2);
  EncodedRows encoded;
  AppendRows(model->outputs, rows, 0, &encoded);
  RowBatch batch = MakeRowBatch(encoded, at::kCPU);
  batch.windows = MakeWindows(rows, 0);
  at::NoGradGuard no_grad;
  for (const auto& net : model->nets) {
    const auto raw = net->Forward(batch);
    for (int i = 0; i < net->num_outputs(); ++i) {
      const Output& output = model->outputs.outputs[net->first_output() + i];
      const Head& head = *model->heads[net->first_output() + i];
      const at::Tensor parameters = head.Normalise(raw[i]);
      for (const size_t r : {size_t{1}, rows.size() - 1}) {
        EXPECT_NEAR(SumOfMasses(head, output, parameters[r].data_ptr<float>(), rows[r]), 1, 1e-4)
            << output.name() << " row " << r;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, Heads, ::testing::Values(Preset::kCausal, Preset::kPaper),
                         [](const auto& info) { return std::string(PresetName(info.param)); });

TEST(SoftmaxHead, DrawsTheClassInWhoseShareTheUniformLies) {
  ClassCodec::Options codec;
  for (uint64_t value = 0; value < 70; ++value) codec.values.push_back(value);
  Output output;
  output.attribute = Attribute::kTos;
  output.classes = std::make_shared<ClassCodec>(ClassCodec::Create(codec).value());
  const auto head = MakeHead(&output);
  // Sums of these are exact. They add up to 2, with nothing in the middle and at the end.
  std::vector<float> p(70, 0.0f);
  std::fill_n(p.begin(), 32, 1.0f / 32);
  p[64] = 0.5f;
  p[65] = p[66] = 0.25f;
  const auto drawn = [&](double u) {
    HostRow row;
    head->Draw(p.data(), u, 0.5, &row);
    return row.tos;
  };
  double low = 0;
  for (int c = 0; c < 70; ++c) {
    const double high = low + static_cast<double>(p[c]);
    if (p[c] > 0) {
      EXPECT_EQ(drawn(low / 2), c);
      EXPECT_EQ(drawn(std::nextafter(high / 2, 0.0)), c);
    }
    low = high;
  }
  EXPECT_EQ(drawn(std::nextafter(1.0, 0.0)), 66);
}

}  // namespace
}  // namespace stanflow
