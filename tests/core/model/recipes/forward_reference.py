"""Forward pass and loss of both presets, written anew in PyTorch from docs/model.md and the
headers, reading the bundles' safetensors and manifests only.

  write_small_models FOLDER
  python3 forward_reference.py FOLDER > ../forward_golden.json     (torch 2.11, safetensors 0.8)

Per preset and row: the training loss of every output, nats (a mixture's is a density).
"""

import json
import math
import sys

import torch
from safetensors.torch import load_file

torch.set_default_dtype(torch.float64)
TWO_PI = 2 * math.pi


def value_of(row, output):
    value = row[output["attribute"]]
    return value if output["octet"] < 0 else value >> (24 - 8 * output["octet"]) & 255


def routes(row, output):
    """[(class, share)] of a value, straight from the codec's description."""
    codec = output["codec"]
    units = (value_of(row, output) + codec["unit"] // 2) // codec["unit"]
    values, edges, found = codec["values"], codec["edges"], []
    if units in values:
        found.append((values.index(units), 1.0))
    if edges:
        given = row["packets"] if codec["scaled_by_given"] else 1
        for b in range(len(edges) - 1):
            if edges[b] * given <= units < edges[b + 1] * given:
                found.append((len(values) + b, 1.0 / ((edges[b + 1] - edges[b]) * given)))
    for value, share in codec["other"]:
        if value == units and units not in values:
            found.append((len(values), share))
    return found


def classes_of(output):
    codec = output["codec"]
    return len(codec["values"]) + max(len(codec["edges"]) - 1, 0) + (1 if codec["other"] else 0)


def softmax_loss(logits, row, output):
    p = torch.softmax(logits, 0)
    return -torch.log(sum(p[c] * share for c, share in routes(row, output))).item()


def bucket(address):
    return ((address >> 16) * 0x9E3779B1 & 0xFFFFFFFF) >> 20


def numbers(row):
    packets, size = max(row["packets"], 1), max(row["bytes"], 1)
    return torch.tensor([0.3 * math.log1p(row["time_delta"]), 0.3 * math.log(packets), 0.3 * (math.log(size) - 6),
                         0.5 * (math.log(size / packets) - 5), 0.15 * math.log1p(row["duration"]),
                         1.0 if row["duration"] == 0 else 0.0])


def causal(manifest, weights, rows):
    outputs = manifest["outputs"]
    offsets, size = [], 0
    for output in outputs:
        offsets.append(size)
        size += classes_of(output)
    own = [[routes(row, o)[0][0] for o in outputs] for row in rows]
    losses = [{} for _ in rows]
    for net in dict.fromkeys(o["attribute"] for o in outputs):
        w = {k[len(net) + 1:]: v.double() for k, v in weights.items() if k.startswith(net + ".")}
        inputs = []
        for row, cls in zip(rows, own):
            x = w["row_embedding"][size + bucket(row["remote_address"])] + w["numbers_bias"]
            x = x + w["numbers_weight"] @ numbers(row)
            for o, output in enumerate(outputs):
                if output["octet"] <= 0:
                    x = x + w["row_embedding"][offsets[o] + cls[o]]
            inputs.append(x)
        for layer, d in enumerate((1, 3, 9, 27)):
            zero = torch.zeros_like(inputs[0])
            at = lambda t: inputs[t] if t >= 0 else zero
            inputs = [x + torch.relu(torch.cat([at(t - 2 * d), at(t - d), x]) @ w[f"conv{layer}_weight"]
                                     + w[f"conv{layer}_bias"]) for t, x in enumerate(inputs)]
        heads = [o for o, output in enumerate(outputs) if output["attribute"] == net]
        for t, row in enumerate(rows):
            trunk = w["trunk_weight"] @ inputs[t - 1] + w["trunk_bias"] if t else w["start"]
            angle = TWO_PI * ((row["end_ms"] - 1000 * row["time_delta"]) % 86400000) / 86400000
            for i, o in enumerate(heads):
                state = w["clock_weight"] @ torch.tensor([math.sin(angle), math.cos(angle)])
                for before in range(o):
                    state = state + w["state_embedding"][offsets[before] + own[t][before]]
                if any(outputs[before]["octet"] == 1 for before in range(o)):
                    state = state + w["state_embedding"][size + bucket(row["remote_address"])]
                hidden = torch.relu(w[f"head{i}_hidden_weight"] @ torch.cat([trunk, state]) + w[f"head{i}_hidden_bias"])
                name = net if outputs[o]["octet"] < 0 else f"{net}.{outputs[o]['octet'] + 1}"
                losses[t][name] = softmax_loss(w[f"head{i}_out_weight"] @ hidden + w[f"head{i}_out_bias"], row,
                                               outputs[o])
    return losses


COLUMNS = {"time_delta": [1], "bytes": [2], "packets": [3], "duration": [4], "local_port": [5], "remote_port": [6],
           "direction": [11, 12], "protocol": [13, 14, 15]}


def paper_columns(row):
    c = [0.0] * 16
    c[0] = (row["end_ms"] - 1000 * row["time_delta"]) // 3600000 % 24 / 23
    c[1] = row["time_delta"] / 1430
    c[2] = math.log(max(row["bytes"], 1)) / 20.129
    c[3] = math.log(max(row["packets"], 1)) / 12.83
    c[4] = row["duration"] / 363000
    c[5], c[6] = row["local_port"] / 65535, row["remote_port"] / 65535
    for i in range(4):
        c[7 + i] = (row["remote_address"] >> (24 - 8 * i) & 255) / 255
    c[11 + row["direction"]] = 1
    c[13 + {6: 0, 17: 1}.get(row["protocol"], 2)] = 1
    return c


def paper(manifest, weights, rows):
    outputs = manifest["outputs"]
    losses = [{} for _ in rows]
    windows = torch.zeros(len(rows), 6, 16)
    for t in range(len(rows)):
        for back in range(min(t, 5) + 1):
            windows[t, 5 - back] = torch.tensor(paper_columns(rows[t - back]))
    seen = [0]
    for output in outputs:
        if output["head"] == "marginal":
            continue
        name = output["attribute"] if output["octet"] < 0 else f"{output['attribute']}.{output['octet'] + 1}"
        w = {k[len(name) + 1:]: v.double() for k, v in weights.items() if k.startswith(name + ".")}
        mask = torch.ones(6, 16)
        mask[5] = 0
        mask[5, seen] = 1
        x = (windows * mask).unsqueeze(1)
        for i in (1, 2, 3, 4):
            x = torch.nn.functional.conv2d(x, w[f"conv{i}.weight"], w[f"conv{i}.bias"], padding=1)
            x = torch.nn.functional.batch_norm(x, w[f"norm{i}.running_mean"], w[f"norm{i}.running_var"],
                                               w[f"norm{i}.weight"], w[f"norm{i}.bias"])
            x = torch.relu(x)
            if i in (2, 4):
                x = torch.nn.functional.max_pool2d(x, 2)
        x = x.flatten(1)
        linear = lambda layer: x @ w[layer + ".weight"].T + w[layer + ".bias"]
        if output["head"] == "mixture":
            codec = output["codec"]
            for t, row in enumerate(rows):
                v = value_of(row, output)
                v = min(max(v, codec["min"]), codec["max"])
                scaled = (math.log(v) if codec["logarithmic"] else v) / codec["scale"]
                alpha = torch.softmax(linear("weights")[t], 0)
                mean = linear("means")[t]
                deviation = torch.exp(linear("log_deviations")[t].clamp(-13, 4))
                density = alpha * torch.exp(-0.5 * ((scaled - mean) / deviation) ** 2) / (
                    deviation * math.sqrt(TWO_PI))
                losses[t][name] = -torch.log(density.sum()).item()
        else:
            logits = linear("logits")
            for t, row in enumerate(rows):
                losses[t][name] = softmax_loss(logits[t], row, output)
        seen = seen + ([7 + output["octet"]] if output["octet"] >= 0 else COLUMNS[output["attribute"]])
    return losses


def main():
    folder = sys.argv[1]
    rows = json.load(open(f"{folder}/rows.json"))
    golden = {}
    for preset, forward in (("causal", causal), ("paper", paper)):
        manifest = json.load(open(f"{folder}/{preset}/manifest.json"))
        golden[preset] = forward(manifest, load_file(f"{folder}/{preset}/model.safetensors"), rows)
    json.dump(golden, sys.stdout, indent=0)


main()
