#ifndef STANFLOW_CORE_GAN_GAN_GENERATOR_H_
#define STANFLOW_CORE_GAN_GAN_GENERATOR_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/gan/flow_rows.h"
#include "core/gan/gan_nets.h"
#include "core/generate/generator.h"

namespace stanflow {

// Flows from a trained GAN, whichever it is. Rows are independent of each other: a context remembers its
// clock and its place only. `info` needs preset, training_hosts and default_start_ms; the rest is filled in.
// INTERNAL where the device does not take the net.
absl::StatusOr<std::unique_ptr<Generator>> MakeGanGenerator(const GeneratorNet& net,
                                                            std::unique_ptr<const FlowRows> rows,
                                                            const std::string& device, GeneratorInfo info);

}  // namespace stanflow

#endif  // STANFLOW_CORE_GAN_GAN_GENERATOR_H_
