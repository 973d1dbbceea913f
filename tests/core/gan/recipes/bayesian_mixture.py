#!/usr/bin/env python3
"""Writes ../bayesian_mixture_golden.json: what scikit-learn makes of the columns that the test builds too.

    pip install numpy scipy scikit-learn==1.5.2 && python3 bayesian_mixture.py

Columns come from a formula that C++ repeats exactly, so the file holds results only. Each value starts with the
nearest of the given centres, as k-means would hand it over.
"""
import json
import pathlib
import warnings

import numpy
import scipy
import sklearn
from scipy.special import digamma
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture


def uniforms(count, seed):
    """A 31-bit linear congruential generator (Lehmer): exact in any language."""
    state, out = seed, []
    for _ in range(count):
        state = state * 48271 % 2147483647
        out.append(state / 2147483647)
    return out


def column(seed, whole):
    """Three clusters, `whole`: of whole numbers, with many equal values."""
    u = uniforms(4500, seed)
    out = []
    for i in range(1500):
        a, b, c = u[3 * i], u[3 * i + 1], u[3 * i + 2]
        centre, width = ((0, 4), (50, 20), (200, 90))[0 if a < 0.5 else 1 if a < 0.8 else 2]
        value = centre + width * (b + c)
        out.append(float(int(value)) if whole else value)
    return out


class FromCentres(BayesianGaussianMixture):
    def __init__(self, centres=None, **options):
        super().__init__(**options)
        self.centres = centres

    def _initialize_parameters(self, X, random_state):
        nearest = numpy.abs(X - numpy.array(self.centres)).argmin(axis=1)
        self._initialize(X, numpy.eye(len(self.centres))[nearest])


def case(seed, whole, max_iterations, centres):
    data = numpy.array(column(seed, whole)).reshape(-1, 1)
    model = FromCentres(
        centres=centres, n_components=len(centres), max_iter=max_iterations,
        weight_concentration_prior_type="dirichlet_process", weight_concentration_prior=0.001)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(data)
    probes = [-3.0, 1.0, 5.0, 42.0, 60.0, 90.0, 200.0, 290.0, 371.0]
    return {
        "seed": seed, "whole": whole, "max_iterations": max_iterations, "centres": centres,
        "iterations": model.n_iter_,
        "lower_bound": model.lower_bound_,
        "weights": model.weights_.tolist(),
        "means": model.means_[:, 0].tolist(),
        "variances": model.covariances_[:, 0, 0].tolist(),
        "probes": probes,
        "responsibilities": model.predict_proba(numpy.array(probes).reshape(-1, 1)).tolist(),
    }


ten = [1.0, 3.0, 6.0, 50.0, 60.0, 75.0, 210.0, 260.0, 300.0, 340.0]
out = {
    "made_by": {"numpy": numpy.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
    "digamma": [[x, float(digamma(x))] for x in (1e-3, 0.5, 1.0, 1.001, 2.5, 9.9, 10.0, 123.0, 1e6)],
    "cases": [case(31, True, 5, ten), case(32, False, 100, ten), case(33, True, 100, [0.0, 60.0, 250.0])],
}
path = pathlib.Path(__file__).parent.parent / "bayesian_mixture_golden.json"
path.write_text(json.dumps(out, indent=1) + "\n")
