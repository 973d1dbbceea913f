#!/usr/bin/env python3
"""Writes ../golden_values.json: what SciPy and scikit-learn give for the values that the tests build too.

    pip install numpy scipy scikit-learn && python3 golden_values.py

Numbers come from a formula that C++ repeats exactly, so the file holds results only.
"""
import json
import pathlib

import numpy
import scipy
import sklearn
from scipy.spatial.distance import jensenshannon
from sklearn.mixture import GaussianMixture


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


out = {
    "made_by": {"numpy": numpy.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
    "jensen_shannon": histograms(),
    "gaussian_mixture": mixture(),
}
path = pathlib.Path(__file__).parent.parent / "golden_values.json"
path.write_text(json.dumps(out, indent=1) + "\n")
