#!/usr/bin/env python3
"""Compares CTGAN here with the package ctgan on one made-up table: ../ctgan_comparison.json.

    pip install ctgan==0.12.1 rdt==2.0.0 scikit-learn==1.5.2 pandas numpy scipy
    mkdir rows && ctgan_rows rows 300 && python3 compare_ctgan.py rows 300

`ctgan_rows` (beside this file, built with the tests) writes the table and what ten seeds of ours draw; ten seeds of
the package are trained here for as many epochs, all other settings at its defaults. Per seed: Jensen-Shannon
divergence of each column (nats; continuous columns in 20 bins between the real rows' quantiles, one added to each
bin) from the real rows ("jsd") and from real rows that answer the conditions ("jsd_as_asked"), AUC of gradient-boosted
trees that tell real rows from drawn ones (five folds, as many of either), and the mean absolute difference of the
matrix of pairwise mutual information.

Both draw under a condition, a class of a discrete column: the column evenly, the class by ln(1 + count). Whoever
answered every condition as real rows of that class do would still differ from the real rows: rare classes are asked for
too often. "jsd_as_asked" is the distance to that.
"""
import json
import pathlib
import sys

import ctgan
import numpy
import pandas
import torch
from scipy.spatial.distance import jensenshannon
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import mutual_info_score, roc_auc_score
from sklearn.model_selection import cross_val_predict

DISCRETE = ["kind", "colour", "rare"]
SEEDS = range(1, 11)
DRAWN = 12000


def binned(real, rows):
    """Both tables as small integers: classes as they are, amounts by the real rows' quantiles."""
    out = []
    for table in (real, rows):
        columns = {}
        for name in real.columns:
            if name in DISCRETE:
                columns[name] = table[name].astype(int).to_numpy()
            else:
                edges = numpy.quantile(real[name], numpy.linspace(0, 1, 21)[1:-1])
                columns[name] = numpy.searchsorted(edges, table[name].to_numpy())
        out.append(columns)
    return out


def asked_for(real):
    """How often each real row answers a condition, all of them together as often as there are rows drawn."""
    weights = numpy.zeros(len(real))
    for name in DISCRETE:
        classes = real[name].astype(int).to_numpy()
        counts = numpy.bincount(classes)
        asked = numpy.log(counts + 1.0)
        weights += (asked / asked.sum() / numpy.maximum(counts, 1))[classes]
    return weights / weights.sum() * DRAWN


def divergences(real, rows, weights):
    a, b = binned(real, rows)
    out = {}
    for name in real.columns:
        bins = max(a[name].max(), b[name].max()) + 1
        p = numpy.bincount(a[name], weights=weights, minlength=bins) + 1.0
        q = numpy.bincount(b[name], minlength=bins) + 1.0
        out[name] = float(jensenshannon(p, q) ** 2)
    return out


def association(columns):
    names = list(columns)
    return numpy.array([[mutual_info_score(columns[x], columns[y]) for y in names] for x in names])


def figures(real, rows):
    a, b = binned(real, rows)
    some = rows.iloc[: len(real)]
    x = pandas.concat([real, some]).to_numpy()
    y = numpy.repeat([0, 1], len(real))
    guess = cross_val_predict(HistGradientBoostingClassifier(random_state=0), x, y, cv=5, method="predict_proba")
    return {
        "jsd": divergences(real, rows, None),
        "jsd_as_asked": divergences(real, rows, asked_for(real)),
        "auc": float(roc_auc_score(y, guess[:, 1])),
        "association": float(numpy.abs(association(a) - association(b)).mean()),
    }


def package_rows(real, seed, epochs):
    torch.manual_seed(seed)
    numpy.random.seed(seed)
    typed = real.astype({name: int for name in DISCRETE})
    model = ctgan.CTGAN(epochs=epochs, enable_gpu=False)
    model.fit(typed, DISCRETE)
    return model.sample(DRAWN).astype(float)


def summary(ours, theirs):
    """Mean of ours less mean of the package's, and the pooled deviation over the seeds."""
    def compare(figure):
        a, b = ([figure(run) for run in runs] for runs in (ours, theirs))
        return {"difference": float(numpy.mean(a) - numpy.mean(b)),
                "deviation": float(numpy.sqrt((numpy.var(a, ddof=1) + numpy.var(b, ddof=1)) / 2))}
    out = {figure: {name: compare(lambda run: run[figure][name]) for name in ours[0][figure]}
           for figure in ("jsd", "jsd_as_asked")}
    for figure in ("jsd", "jsd_as_asked"):
        out[figure]["mean"] = compare(lambda run: numpy.mean(list(run[figure].values())))
    out["auc"] = compare(lambda run: run["auc"])
    out["association"] = compare(lambda run: run["association"])
    return out


folder, epochs = pathlib.Path(sys.argv[1]), int(sys.argv[2])
torch.set_num_threads(1)
real = pandas.read_csv(folder / "real.csv")
for seed in SEEDS:
    path = folder / f"package_{seed}.csv"
    if not path.exists():
        package_rows(real, seed, epochs).to_csv(path, index=False)
ours, theirs = ([figures(real, pandas.read_csv(folder / f"{who}_{seed}.csv")) for seed in SEEDS]
                for who in ("ours", "package"))
out = {
    "made_by": {"ctgan": ctgan.__version__, "torch": torch.__version__, "numpy": numpy.__version__},
    "epochs": epochs, "ours": ours, "package": theirs, "summary": summary(ours, theirs),
}
print(json.dumps(out["summary"], indent=1))
target = pathlib.Path(__file__).parent.parent / "ctgan_comparison.json"
target.write_text(json.dumps(out, indent=1) + "\n")
