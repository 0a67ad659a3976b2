"""The DEV collections: tokenised once, with BM25's rankings kept in a file; figures of a token table on them."""

import os
import pickle
from collections import defaultdict

import numpy as np

from bag import bag_sums, tf_weights
from beir import jsonl, load_beir, mean_metrics
from bm25 import BM25
from fusion import convex, rrf, topk
from stem import STOP, TOKEN, fold


def load_heldout(path, n_q=150, seed=5):
    """Documentation kept out of training: headings, titles, questions ask for their section. A collection a source."""
    rng = np.random.default_rng(seed)
    by_source = defaultdict(list)
    for r in jsonl(path):
        by_source[r["src"]].append(r)
    collections = []
    for source, records in sorted(by_source.items()):
        ids, docs, relevant, wording = {}, [], defaultdict(dict), {}
        for r in records:
            key = fold(r["p"])[:300]
            if key not in ids:
                ids[key] = len(docs)
                docs.append(r["p"])
            words = [w for w in TOKEN.findall(fold(r["q"])) if w not in STOP]
            if r["type"] in ("heading", "title", "qa", "glossary") and len(words) >= 2:
                q = fold(r["q"])
                relevant[q][ids[key]] = 1
                wording.setdefault(q, r["q"])
        queries = sorted(wording)
        pick = [queries[i] for i in np.sort(rng.permutation(len(queries))[:n_q])]
        collections.append(
            dict(
                name="docs-" + source.split("/")[0].split()[0],
                docs=docs,
                queries=[wording[q] for q in pick],
                rels=[relevant[q] for q in pick],
            )
        )
    return collections


def load_dev(dirs, heldout="", cache="", max_q=400):
    if cache and os.path.exists(cache):
        with open(cache, "rb") as f:
            return pickle.load(f)
    collections = [load_beir(d) for d in dirs] + (load_heldout(heldout) if heldout else [])
    for c in collections:
        c["queries"], c["rels"] = c["queries"][:max_q], c["rels"][:max_q]
        ix, sc = BM25(c["docs"]).search(c["queries"], 200)
        c["bm25"] = [[int(d) for d in row if d >= 0] for row in ix]
        c["bm25s"] = [[float(x) for x, d in zip(s, row) if d >= 0] for s, row in zip(sc, ix)]
    if cache:
        with open(cache, "wb") as f:
            pickle.dump(collections, f)
    return collections


def tokenise(collections, tok, max_q=64, max_p=256):
    for c in collections:
        c["qf"], c["qo"] = tok.flat(c["queries"], max_q)
        c["pf"], c["po"] = tok.flat(c["docs"], max_p)
    return collections


def table_encoder(table, power):
    """(flat ids, offsets) -> the weighted sums that the bi-encoder normalises."""

    def encode(flat, off):
        out = np.zeros((len(off) - 1, table.shape[1]), np.float32)
        bag_sums(table, flat, off, tf_weights(flat, off, table.shape[0], power), out)
        return out

    return encode


def evaluate(collections, encode, dims, weights=(0.5, 0.7, 0.85)):
    """Prints and returns {collection: {system: (nDCG@10, recall@100, MRR@10)}} for prefixes of `dims` numbers."""
    out = {}
    for c in collections:
        q, p = encode(c["qf"], c["qo"]), encode(c["pf"], c["po"])
        r = {"bm25": mean_metrics(c["bm25"], c["rels"])}
        for d in dims:
            a, b = (x[:, :d] / (np.linalg.norm(x[:, :d], axis=1, keepdims=True) + 1e-9) for x in (q, p))
            ix, sc = topk(a, b, 200)
            dense = [[int(x) for x in row] for row in ix]
            suffix = "" if d == q.shape[1] else "@%d" % d
            r["dense" + suffix] = mean_metrics(dense, c["rels"])
            r["rrf" + suffix] = mean_metrics([rrf(pair) for pair in zip(c["bm25"], dense)], c["rels"])
            for w in weights:
                fused = [convex(x, xs, y, ys, w)[0] for x, xs, y, ys in zip(c["bm25"], c["bm25s"], dense, sc)]
                r["conv%.1f%s" % (w, suffix)] = mean_metrics(fused, c["rels"])
        out[c["name"]] = r
    print(table_of(out), flush=True)
    return out


def table_of(results, measure=0):
    names, systems = list(results), list(next(iter(results.values())))
    head = "%-12s" % ["nDCG@10", "R@100", "MRR@10"][measure]
    lines = [head + "".join("%11s" % n[:10] for n in names) + "%9s" % "mean"]
    for s in systems:
        v = [results[n][s][measure] for n in names]
        lines.append("%-12s" % s + "".join("%11.4f" % x for x in v) + "%9.4f" % np.mean(v))
    return "\n".join(lines)
