"""Training lists for the re-ranker, made as at search time: the top 50 of RRF over BM25 and the bi-encoder.

Queries whose own passage is not among them are dropped: negatives taken without regard to that taught the model that
overlap of words is suspicious.

python mine_negatives.py --data DIR --table init.npy --out lists.npz
"""

import argparse
import gzip
import json
import os
from collections import defaultdict

import numpy as np
import torch

from bm25 import BM25
from devset import table_encoder
from fusion import rrf
from tokens import gather_rows

LIST, PER_RANKING, NEGATIVES, FEWEST = 50, 40, 44, 12


def factors(spec, names, exact):
    """name:factor,... as an array over `names` (name -> number)."""
    out = np.ones(len(names))
    for part in filter(None, spec.split(",")):
        key, factor = part.rsplit(":", 1)
        for name, i in names.items():
            if name == key if exact else key in name:
                out[i] *= float(factor)
    return out


def sample(rows, weight, n, rng):
    """n rows without replacement, by weight (Efraimidis and Spirakis), in the order of their sources."""
    key = rng.random(len(weight)) ** (1 / np.maximum(weight / weight.max(), 1e-12))
    key[weight == 0] = -1
    chosen = np.argpartition(-key, n - 1)[:n]
    return chosen[np.argsort(rows[chosen, 2], kind="stable")]


def dense_rankings(r, rows, z, encode, rng):
    """The nearest passages of a query's own source, or of a part of it where it is large."""
    rankings = np.full((len(r), PER_RANKING), -1, np.int32)
    unit = lambda x: torch.nn.functional.normalize(torch.from_numpy(x), dim=1).bfloat16()
    for source in np.unique(r[:, 2]):
        passages = np.unique(rows[rows[:, 2] == source, 1])
        if len(passages) < 60:
            passages = np.unique(np.concatenate([passages, rng.integers(0, len(z["po"]) - 1, 200)]))
        if len(passages) > 40000:
            passages = np.sort(rng.choice(passages, 40000, replace=False))
        P = unit(encode(*gather_rows(z["pf"], z["po"], passages.astype(np.int32), 256)))
        own = np.where(r[:, 2] == source)[0]
        for i in range(0, len(own), 2000):
            j = own[i : i + 2000]
            Q = unit(encode(*gather_rows(z["qf"], z["qo"], r[j, 0], 64)))
            rankings[j] = passages[(Q @ P.T).float().topk(PER_RANKING, 1).indices.numpy()]
    return rankings


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", required=True)
    ap.add_argument("--table", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--n", type=int, default=200000)
    ap.add_argument("--src-power", type=float, default=0.7)
    ap.add_argument("--tf", type=float, default=0.75)
    ap.add_argument("--types", default="", help="type:weight,... others 1")
    ap.add_argument("--src-weight", default="", help="substring:weight,...")
    a = ap.parse_args()
    rng = np.random.default_rng(0)
    torch.set_num_threads(2)
    z = {k: v for k, v in np.load(os.path.join(a.data, "pairs.npz")).items()}
    rows = z["rows"]
    with open(os.path.join(a.data, "meta.json")) as f:
        meta = json.load(f)

    size = np.maximum(np.bincount(rows[:, 2], minlength=len(meta["srcs"])), 1).astype(float)
    by_source = factors(a.src_weight, meta["srcs"], exact=False) * size ** (a.src_power - 1)
    weight = factors(a.types, meta["types"], exact=True)[rows[:, 3]] * by_source[rows[:, 2]]
    weight[(np.diff(z["qo"])[rows[:, 0]] < 2) | (np.diff(z["po"])[rows[:, 1]] < 12)] = 0
    chosen = sample(rows, weight, min(a.n, int((weight > 0).sum())), rng)
    r = rows[chosen]

    def texts(name):
        with gzip.open(os.path.join(a.data, name), "rt") as f:
            return [line.rstrip("\n") for line in f]

    Q = texts("Q.txt.gz")
    lexical, _ = BM25(texts("P.txt.gz"), max_df=0.08).search([Q[q] for q in r[:, 0]], PER_RANKING)
    dense = dense_rankings(r, rows, z, table_encoder(np.load(a.table), a.tf), rng)

    relevant = defaultdict(set)
    for q, p in rows[:, :2]:
        relevant[q].add(p)
    kept, negatives, position = [], [], []
    for i in range(len(r)):
        top = rrf([[d for d in lexical[i] if d >= 0], [d for d in dense[i] if d >= 0]], n=LIST)
        others = [d for d in top if d not in relevant[r[i, 0]]][:NEGATIVES]
        if len(others) < FEWEST or r[i, 1] not in top:
            continue
        others += [int(rng.integers(0, len(z["po"]) - 1)) for _ in range(NEGATIVES - len(others))]
        kept.append(chosen[i])
        negatives.append(others)
        position.append(top.index(r[i, 1]))
    np.savez(a.out, row=np.array(kept, np.int32), neg=np.array(negatives, np.int32))
    position = np.array(position)
    first, ten = (position == 0).mean(), (position < 10).mean()
    print("kept %d of %d; own passage first %.3f, in the top 10 %.3f" % (len(kept), len(r), first, ten))


if __name__ == "__main__":
    main()
