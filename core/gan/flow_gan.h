#ifndef STANFLOW_CORE_GAN_FLOW_GAN_H_
#define STANFLOW_CORE_GAN_FLOW_GAN_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/bundle/bundle_folder.h"
#include "core/gan/flow_rows.h"
#include "core/gan/gan.h"
#include "core/gan/gan_nets.h"
#include "core/generate/generator.h"
#include "core/train/training_task.h"

namespace stanflow {

// A GAN that learns flows, from its fitted columns to its bundle. One thread at a time.
class FlowGan {
 public:
  virtual ~FlowGan() = default;
  virtual Gan* gan() = 0;
  virtual const GeneratorNet& net() const = 0;
  // What draws rows besides the net: fields of the manifest, and tensors.
  virtual nlohmann::json Fields() const = 0;
  virtual void Store(TensorFile* weights) const = 0;
};

// Makes one for the training rows. CANCELLED once `stop` answers true.
using FlowGanMaker = std::function<absl::StatusOr<std::unique_ptr<FlowGan>>(
    std::vector<HostRow> rows, GanRandom* random, const at::Device& device,
    const std::function<bool()>& stop)>;

// Reads at most `max_rows` training rows, makes the GAN, trains it (gan_trainer.h) and publishes its bundle;
// answers the job's figures. Columns are fitted anew when a run is continued: the same ones.
absl::StatusOr<nlohmann::json> TrainFlowGan(const TrainingTask& task, const std::string& preset,
                                            const nlohmann::json& options, uint64_t max_rows,
                                            const FlowGanMaker& make);

// The net of such a bundle, and `rows`, as a generator. DATA_LOSS where tensors do not fit the net or are
// left over; `folder` holds the net's tensors only.
absl::StatusOr<std::unique_ptr<Generator>> LoadFlowGan(BundleFolder folder, const GeneratorNetOptions& net,
                                                       std::unique_ptr<const FlowRows> rows,
                                                       const std::string& device);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_FLOW_GAN_H_
