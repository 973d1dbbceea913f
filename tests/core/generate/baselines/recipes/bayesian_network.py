#!/usr/bin/env python3
"""Writes ../bayesian_network_golden.json: what scikit-learn's categorical naive Bayes gives for B2's conditional.

    pip install numpy scikit-learn && python3 bayesian_network.py

B2 takes a child's parents as independent given the child, each factor with one more seen of each value (Laplace).
That is CategoricalNB with alpha 1 and a prior that is smoothed alike.
"""
import json
import pathlib

import numpy
import sklearn
from sklearn.naive_bayes import CategoricalNB

CHILD, PREVIOUS, HOURS, ROWS = 6, 6, 24, 500


def uniforms(count, seed):
    """A 31-bit linear congruential generator (Lehmer): exact in any language."""
    state, out = seed, []
    for _ in range(count):
        state = state * 48271 % 2147483647
        out.append(state / 2147483647)
    return out


def rows():
    """Child, previous child and hour: dependent, by a formula that C++ repeats exactly."""
    u = uniforms(2 * ROWS, 31)
    out, previous = [], 0
    for i in range(ROWS):
        hour = int(u[2 * i] * HOURS)
        child = (previous + int(u[2 * i + 1] * 3) + (1 if hour >= 12 else 0)) % CHILD
        out.append((child, previous, hour))
        previous = child
    return out


def main():
    data = numpy.array(rows())
    counts = numpy.bincount(data[:, 0], minlength=CHILD)
    prior = (counts + 1) / (ROWS + CHILD)
    model = CategoricalNB(alpha=1, class_prior=prior, min_categories=[PREVIOUS, HOURS])
    model.fit(data[:, 1:], data[:, 0])
    assert list(model.classes_) == list(range(CHILD))
    states = [(previous, hour) for previous in range(PREVIOUS) for hour in (0, 7, 23)]
    golden = {
        "versions": {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__},
        "cases": [{"previous": p, "hour": h, "log_shares": model.predict_log_proba([[p, h]])[0].tolist()}
                  for p, h in states],
    }
    path = pathlib.Path(__file__).parent.parent / "bayesian_network_golden.json"
    path.write_text(json.dumps(golden, indent=1) + "\n")


main()
