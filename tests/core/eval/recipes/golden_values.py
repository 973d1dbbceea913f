#!/usr/bin/env python3
"""Writes ../golden_values.json: what SciPy, scikit-learn and XGBoost give for the values that the tests build too.

    pip install numpy scipy scikit-learn xgboost==1.7.4 && python3 golden_values.py

Numbers come from a formula that C++ repeats exactly, so the file holds results only.
"""
import json
import pathlib

import numpy
import scipy
import sklearn
import xgboost
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import f1_score, mean_squared_error, mutual_info_score, roc_auc_score
from sklearn.mixture import GaussianMixture
from sklearn.neural_network import MLPRegressor
from sklearn.preprocessing import StandardScaler


def uniforms(count, seed):
    """A 31-bit linear congruential generator (Lehmer): exact in any language."""
    state, out = seed, []
    for _ in range(count):
        state = state * 48271 % 2147483647
        out.append(state / 2147483647)
    return out


def histograms():
    cases = []
    for bins, seed in ((2, 11), (40, 12), (304, 13)):
        u = uniforms(2 * bins, seed)
        p = [int(1000 * x * x) for x in u[:bins]]
        q = [int(800 * x) for x in u[bins:]]
        # SciPy answers the square root of the divergence.
        distance = jensenshannon(numpy.array(p) + 1.0, numpy.array(q) + 1.0)
        cases.append({"bins": bins, "seed": seed, "divergence": distance**2})
    cases.append({"bins": 5, "seed": 0, "divergence": jensenshannon([100, 1, 1, 1, 1], [1, 1, 1, 1, 100]) ** 2})
    return cases


def values():
    """Three clusters on whole numbers: many equal values, as the columns of flows have them."""
    u = uniforms(6000, 21)
    out = []
    for i in range(2000):
        a, b, c = u[3 * i], u[3 * i + 1], u[3 * i + 2]
        centre, width = ((0, 4), (50, 20), (200, 90))[0 if a < 0.5 else 1 if a < 0.8 else 2]
        out.append(float(int(centre + width * (b + c))))
    return out


def mixture():
    data = numpy.array(values()).reshape(-1, 1)
    start = {"weights": [0.4, 0.3, 0.3], "means": [2.0, 60.0, 250.0], "deviations": [3.0, 30.0, 60.0]}
    iterations = 40
    model = GaussianMixture(
        3, covariance_type="diag", tol=0, reg_covar=0, max_iter=iterations, weights_init=start["weights"],
        means_init=[[m] for m in start["means"]], precisions_init=[[d**-2] for d in start["deviations"]])
    model.fit(data)
    return {
        "start": start,
        "iterations": iterations,
        "weights": model.weights_.tolist(),
        "means": model.means_[:, 0].tolist(),
        "deviations": numpy.sqrt(model.covariances_[:, 0]).tolist(),
        "mean_log_density": model.score(data),
    }


def mutual_information():
    cases = []
    for rows, columns, seed in ((2, 3, 31), (20, 17, 32)):
        table = numpy.array([int(200 * x**4) for x in uniforms(rows * columns, seed)]).reshape(rows, columns)
        # Each of the three entropies comes out too low by (places that hold anything - 1) / (2 n).
        n = table.sum() / 2
        entropies = [entropy(p) + (numpy.count_nonzero(p) - 1) / (2 * n)
                     for p in (table.sum(axis=1), table.sum(axis=0), table.ravel())]
        cases.append({"rows": rows, "columns": columns, "seed": seed,
                      "nats": mutual_info_score(None, None, contingency=table),
                      "effective_rows": float(n), "corrected_nats": float(entropies[0] + entropies[1] - entropies[2])})
    return cases


def autocorrelation():
    """Runs of several lengths and weights; a value follows its predecessor by half."""
    u, at, runs = uniforms(600, 41), 0, []
    for length, weight in ((200, 1.0), (5, 4.0), (300, 0.25), (1, 9.0), (94, 2.0)):
        run, last = [], 0.0
        for x in u[at:at + length]:
            last = 0.5 * last + x
            run.append(numpy.float32(last))
        runs.append((numpy.array(run, dtype=float), weight))
        at += length
    out = []
    for lag in range(1, 21):
        x = numpy.concatenate([r[:-lag] for r, _ in runs if len(r) > lag])
        y = numpy.concatenate([r[lag:] for r, _ in runs if len(r) > lag])
        w = numpy.concatenate([numpy.full(len(r) - lag, weight) for r, weight in runs if len(r) > lag])
        c = numpy.cov(x, y, aweights=w)
        out.append(c[0, 1] / numpy.sqrt(c[0, 0] * c[1, 1]))
    return out


def area_under_curve():
    u = uniforms(1500, 51)
    scores = [int(20 * u[3 * i]) / 20 for i in range(500)]
    labels = [int(u[3 * i + 1] < 0.2 + 0.5 * scores[i]) for i in range(500)]
    weights = [0.1 + u[3 * i + 2] for i in range(500)]
    return roc_auc_score(labels, scores, sample_weight=weights)


def boosted_rows(count, seed):
    """Six features, one of ten values of the second missing; the label follows a product and a step."""
    u = numpy.array(uniforms(8 * count, seed)).reshape(count, 8)
    x = u[:, :6].astype(numpy.float32)
    label = (u[:, 6] < 0.2 + 0.5 * (u[:, 0] * u[:, 1] > 0.2) + 0.2 * (u[:, 3] > 0.7)).astype(int)
    x[u[:, 1] > 0.9, 1] = numpy.nan
    return x, label, (0.5 + u[:, 7]).astype(numpy.float32)


def boosted_trees():
    x, label, weight = boosted_rows(3000, 61)
    tests, test_label, test_weight = boosted_rows(1000, 62)
    parameters = {"objective": "binary:logistic", "tree_method": "hist", "nthread": 1, "max_depth": 6, "max_bin": 256,
                  "eta": 0.1}
    model = xgboost.train(parameters, xgboost.DMatrix(x, label, weight=weight), 100)
    scores = model.predict(xgboost.DMatrix(tests), output_margin=True)
    return {"scores": [float(s) for s in scores[:10]],
            "area": roc_auc_score(test_label, scores, sample_weight=test_weight)}


def forest_rows(count, seed):
    """As Task 1 has them: few values, and the same ones with several answers."""
    u = uniforms(4 * count, seed)
    x, y = [], []
    for i in range(count):
        a, b, c, d = u[4 * i:4 * i + 4]
        protocol = 0 if a < 0.6 else 1 if a < 0.9 else 2
        packets = 1 + int(20 * b * b)
        size = packets * (40 + int(60 * c))
        stays = 0.85 if size < 400 else 0.55
        x.append([size, packets, protocol == 0, protocol == 1, protocol == 2])
        y.append(protocol if d < stays else (protocol + 1) % 3 if d < stays + 0.1 else 0)
    return numpy.array(x, dtype=numpy.float32), numpy.array(y)


def forest():
    x, y = forest_rows(4000, 71)
    tests, truth = forest_rows(4000, 72)
    scores = [f1_score(truth, RandomForestClassifier(100, random_state=s).fit(x, y).predict(tests), average="macro")
              for s in range(5)]
    return {"macro_f1": float(numpy.mean(scores))}


def regression_rows(count, seed):
    """25 features of several sizes; five of them matter."""
    u = numpy.array(uniforms(26 * count, seed)).reshape(count, 26)
    y = 5 + 3 * numpy.sin(4 * u[:, 0]) + 4 * u[:, 1] * u[:, 2] + u[:, 3] - numpy.abs(u[:, 4] - 0.5) + 0.6 * u[:, 25]
    return (u[:, :25] * (1 + 100 * numpy.arange(25))).astype(numpy.float32), y.astype(numpy.float32)


def regressor():
    x, y = regression_rows(4000, 81)
    tests, truth = regression_rows(2000, 82)
    of_x, of_y = StandardScaler().fit(x), StandardScaler().fit(y.reshape(-1, 1))
    errors = []
    for seed in range(5):
        model = MLPRegressor(hidden_layer_sizes=(100,), alpha=0, batch_size=200, learning_rate_init=1e-3, max_iter=60, early_stopping=True,
                             validation_fraction=0.1, n_iter_no_change=6, tol=0, random_state=seed)
        model.fit(of_x.transform(x), of_y.transform(y.reshape(-1, 1))[:, 0])
        answers = of_y.inverse_transform(model.predict(of_x.transform(tests)).reshape(-1, 1))[:, 0]
        errors.append(mean_squared_error(truth, answers))
    return {"squared_error": float(numpy.mean(errors)), "variance": float(numpy.var(truth))}


out = {
    "made_by": {"numpy": numpy.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__,
                "xgboost": xgboost.__version__},
    "jensen_shannon": histograms(),
    "gaussian_mixture": mixture(),
    "mutual_information": mutual_information(),
    "autocorrelation": autocorrelation(),
    "area_under_curve": area_under_curve(),
    "boosted_trees": boosted_trees(),
    "random_forest": forest(),
    "mlp_regressor": regressor(),
}
path = pathlib.Path(__file__).parent.parent / "golden_values.json"
path.write_text(json.dumps(out, indent=1) + "\n")
