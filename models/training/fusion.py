"""Ways to join rankings, and the exact search by cosine that they start from."""

from collections import defaultdict

import numpy as np


def topk(q, p, k):
    """Row by row the k largest inner products of q with p, largest first -> (indexes, scores)."""
    s = q @ p.T
    k = min(k, s.shape[1])
    ix = np.argpartition(-s, k - 1, axis=1)[:, :k]
    sc = np.take_along_axis(s, ix, 1)
    order = np.argsort(-sc, axis=1, kind="stable")
    return np.take_along_axis(ix, order, 1), np.take_along_axis(sc, order, 1)


def rrf(lists, k=60, w=None, n=200):
    """Weighted reciprocal ranks: sum of w / (k + rank)."""
    s = defaultdict(float)
    for j, ranking in enumerate(lists):
        for i, d in enumerate(ranking):
            s[d] += (w[j] if w else 1.0) / (k + i + 1)
    return [d for d, _ in sorted(s.items(), key=lambda x: -x[1])[:n]]


def convex(lexical, lexical_scores, dense, dense_scores, weight, n=200):
    """weight * minmax(BM25) + (1 - weight) * minmax(cosine) over the union of both lists -> (documents, scores)."""

    def minmax(x):
        x = np.asarray(x, np.float32)
        lo, hi = (x.min(), x.max()) if len(x) else (0, 1)
        return (x - lo) / max(hi - lo, 1e-6)

    s = defaultdict(float)
    for d, v in zip(lexical, minmax(lexical_scores)):
        s[d] += weight * v
    for d, v in zip(dense, minmax(dense_scores)):
        s[d] += (1 - weight) * v
    order = sorted(s.items(), key=lambda x: -x[1])[:n]
    return [int(d) for d, _ in order], [v for _, v in order]


def zscore(x):
    x = np.asarray(x, np.float32)
    return (x - x.mean()) / (x.std() + 1e-6)


def reranked(candidates, logits, prior, weight):
    """Candidates by z(logit) + weight * z(prior)."""
    score = zscore(logits) + weight * zscore(np.asarray(prior[: len(candidates)]))
    return [candidates[i] for i in np.argsort(-score, kind="stable")]
