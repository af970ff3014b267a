"""The gate's statistics once more, by other means: arbitrary precision, and exact binomials.

Reads the cases from the file given, writes the answers as JSON to stdout. Written from the formulas in
docs/statistics.md, not from the program.
"""

import json
import sys

import mpmath
import numpy
from scipy import stats

mpmath.mp.dps = 80
mpf = mpmath.mpf


def theta(ratio, canary, other):
    return ratio * canary / (ratio * canary + other)


def e_value(rows, against, ratios, phi):
    """ln of the mean over the ratios of the product of L over the intervals."""
    bets = []
    for ratio in ratios:
        bet = mpf(0)
        for canary_failed, canary, other_failed, other in rows:
            if canary == 0 or other == 0:
                continue
            one = theta(ratio, mpf(canary), mpf(other))
            zero = theta(against, mpf(canary), mpf(other))
            bet += canary_failed * mpmath.log(one / zero)
            bet += other_failed * mpmath.log((1 - one) / (1 - zero))
        bets.append(bet / mpf(phi))
    most = max(bets)
    return most + mpmath.log(sum(mpmath.exp(bet - most) for bet in bets) / len(bets))


def comparison(case):
    margin = mpf(case["margin"])
    root = mpmath.sqrt(2)
    worse = [root**k for k in range(1, 21)]
    better = [margin * root**-k for k in range(1, 21)]
    return [
        e_value(case["rows"], mpf(1), worse, case["phi"]),
        e_value(case["rows"], margin, better, case["phi"]),
    ]


def zero_errors(case):
    rate, confidence, requests = mpf(case["errorRate"]), mpf(case["confidence"]), case["requests"]
    return [
        mpmath.ceil(mpmath.log(1 - confidence) / mpmath.log(1 - rate)),
        1 - (1 - rate) ** requests,
        1 - (1 - confidence) ** (mpf(1) / requests) if requests else mpf(1),
    ]


def error_budget(case):
    acceptable, unacceptable = mpf(case["acceptable"]), mpf(case["unacceptable"])
    well = case["requests"] - case["failed"]
    ratio = case["failed"] * mpmath.log(unacceptable / acceptable)
    ratio += well * mpmath.log((1 - unacceptable) / (1 - acceptable))
    return [ratio / mpf(case["phi"])]


def reached(case):
    """Exact probabilities that a release of a given error rate is rejected, and promoted.

    Each look tells the most failed requests with which it promotes and the fewest with which it rejects; in between
    the release goes on.
    """
    alive, rejected, promoted, before = numpy.array([1.0]), 0.0, 0.0, 0
    for look in case["looks"]:
        more = look["requests"] - before
        before = look["requests"]
        step = stats.binom.pmf(numpy.arange(more + 1), more, case["rate"])
        alive = numpy.convolve(alive, step)
        rejected += alive[look["reject"] :].sum()
        alive = alive[: look["reject"]]
        promoted += alive[: look["promote"] + 1].sum()
        alive[: look["promote"] + 1] = 0
    return [mpf(float(rejected)), mpf(float(promoted))]


def tail(case):
    return [mpf(float(stats.binom.sf(case["successes"] - 1, case["trials"], case["probability"])))]


KINDS = {
    "comparison": comparison,
    "zero-errors": zero_errors,
    "error-budget": error_budget,
    "reached": reached,
    "tail": tail,
}

with open(sys.argv[1], encoding="utf-8") as file:
    cases = json.load(file)
json.dump([[float(value) for value in KINDS[case["type"]](case)] for case in cases], sys.stdout)
