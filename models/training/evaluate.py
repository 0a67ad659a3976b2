"""Exported models, through ONNX Runtime, on collections in BEIR layout.

python evaluate.py --bi DIR --ce DIR --collections DIR,DIR [--heldout FILE] [--out results.json]

Systems: BM25 (k1 1.2, b 0.75, Porter, stop words), FTS5 (SQLite), dense, RRF (k 60, dense weight 1 and 0.5), convex
sums of scores, shorter Matryoshka prefixes, and the re-ranked top 50 of a convex sum. --quant adds what codes of
vectors lose.
"""

import argparse
import glob
import json
import os
import sqlite3

import numpy as np
import onnxruntime as ort

import devset
from beir import load_beir, mean_metrics
from bm25 import BM25
from fusion import convex, reranked, rrf, topk
from pairs import logits_of
from stem import STOP, TOKEN
from tokens import Tok, pad_rows

WEIGHTS, FIRST_STAGE_WEIGHTS = (0.5, 0.6, 0.7, 0.8), (0.0, 0.5, 1.0, 1.5, 2.0, 3.0)


def session(folder):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 2
    return ort.InferenceSession(os.path.join(folder, "onnx", "model_quantized.onnx"), options)


def embed(bi, flat, off, size=64):
    n, out = len(off) - 1, None
    order = np.argsort(np.diff(off), kind="stable")
    for i in range(0, n, size):
        r = order[i : i + size]
        ids = pad_rows(flat, off, r.astype(np.int64), 512)
        inputs = {"input_ids": ids, "attention_mask": (ids > 0).astype(np.int64)}
        vectors = bi.run(["sentence_embedding"], inputs)[0]
        out = np.zeros((n, vectors.shape[1]), np.float32) if out is None else out
        out[r] = vectors
    return out


def fts5(c, k=100):
    db = sqlite3.connect(":memory:")
    db.execute("create virtual table f using fts5(t, tokenize='porter unicode61')")
    db.executemany("insert into f(rowid, t) values(?, ?)", list(enumerate(c["docs"])))
    select = "select rowid from f where f match ? order by bm25(f) limit %d" % k
    rankings = []
    for q in c["queries"]:
        words = list(dict.fromkeys(TOKEN.findall(q.lower())))
        words = [w for w in words if w not in STOP] or words
        match = " OR ".join('"%s"' % w for w in words)
        rankings.append([row[0] for row in db.execute(select, (match,))] if words else [])
    return rankings


def code_recall(q, p, k=10):
    """Recall@k against exact float search: sign bits with float rescoring of 3 or 10 times k, and int8 vectors."""
    exact, _ = topk(q, p, k)
    rotation = np.linalg.qr(np.random.default_rng(0).standard_normal((p.shape[1],) * 2))[0].astype(np.float32)

    def recall(ix):
        return float(np.mean([len(set(x[:k]) & set(y)) / len(y) for x, y in zip(ix, exact)]))

    def rescored(ix):
        scores = np.einsum("qd,qkd->qk", q, p[ix])
        return recall(np.take_along_axis(ix, np.argsort(-scores, 1)[:, :k], 1))

    out = {}
    for name, centre, turn in (("plain", 0, None), ("centred", p.mean(0), None), ("rotated", 0, rotation)):
        turned = lambda x: x if turn is None else x @ turn
        signs = lambda x: np.sign(turned(x - centre)) + (turned(x - centre) == 0) * -1.0
        documents = signs(p).astype(np.float32)
        for oversampling in (3, 10):
            out["bits %s x%d" % (name, oversampling)] = rescored(topk(signs(q), documents, k * oversampling)[0])
        out["float query, bits %s x3" % name] = rescored(topk(turned(q), documents, k * 3)[0])
    scale = np.maximum(np.abs(p).max(1, keepdims=True), 1e-12) / 127
    out["int8"] = recall(topk(q, np.rint(p / scale) * scale, k)[0])
    return out


def rankings_of(c, q, p, dims, run_ce):
    """Every system's ranking of the queries of one collection."""
    ix, sc = BM25(c["docs"]).search(c["queries"], 200)
    lexical = [[int(d) for d in row if d >= 0] for row in ix]
    lexical_scores = [[float(x) for x, d in zip(s, row) if d >= 0] for s, row in zip(sc, ix)]

    def dense_of(d):
        cut = lambda x: x[:, :d] / (np.linalg.norm(x[:, :d], axis=1, keepdims=True) + 1e-9)
        ix, sc = topk(cut(q), cut(p), 200)
        return [[int(x) for x in row] for row in ix], sc

    def fused_of(dense, scores, weight):
        return [convex(*each, weight) for each in zip(lexical, lexical_scores, dense, scores)]

    dense, scores = dense_of(q.shape[1])
    r = {"bm25": lexical, "fts5": fts5(c), "dense": dense}
    r["rrf"] = [rrf(pair) for pair in zip(lexical, dense)]
    r["rrf 0.5"] = [rrf(pair, w=[1, 0.5]) for pair in zip(lexical, dense)]
    for w in WEIGHTS:
        r["convex %.1f" % w] = [docs for docs, _ in fused_of(dense, scores, w)]
    for d in dims:
        shorter, shorter_scores = dense_of(d)
        r["dense@%d" % d] = shorter
        r["convex 0.6@%d" % d] = [docs for docs, _ in fused_of(shorter, shorter_scores, 0.6)]
    first = fused_of(dense, scores, 0.6)
    candidates = [docs[:50] for docs, _ in first]
    logits = logits_of(run_ce, c, candidates, max_len=384)
    for w in FIRST_STAGE_WEIGHTS:
        r["ce + %.1f first" % w] = [reranked(x, l, s, w) for x, l, (_, s) in zip(candidates, logits, first)]
    return r


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--bi", required=True)
    ap.add_argument("--ce", required=True)
    ap.add_argument("--collections", required=True)
    ap.add_argument("--heldout", default="")
    ap.add_argument("--dims", default="256,128")
    ap.add_argument("--quant", action="store_true")
    ap.add_argument("--out", default="")
    a = ap.parse_args()
    tok = Tok(os.path.join(a.bi, "tokenizer.json"))
    bi, ce = session(a.bi), session(a.ce)
    names = ("input_ids", "attention_mask", "token_type_ids")
    run_ce = lambda *inputs: ce.run(["logits"], dict(zip(names, [t.numpy() for t in inputs])))[0][:, 0]
    dims = [int(d) for d in a.dims.split(",") if d]
    collections = [load_beir(d) for x in a.collections.split(",") for d in sorted(glob.glob(x))]
    collections += devset.load_heldout(a.heldout) if a.heldout else []
    figures, codes = {}, {}
    for c in collections:
        c["qf"], c["qo"] = tok.flat(c["queries"], 64)
        c["pf"], c["po"] = tok.flat(c["docs"], 512)
        q, p = embed(bi, c["qf"], c["qo"]), embed(bi, c["pf"], c["po"])
        c["pf"], c["po"] = tok.flat(c["docs"], 256)
        rankings = rankings_of(c, q, p, dims, run_ce)
        figures[c["name"]] = {s: [float(x) for x in mean_metrics(r, c["rels"])] for s, r in rankings.items()}
        if a.quant:
            codes[c["name"]] = code_recall(q, p)
    for measure in (0, 1, 2):
        print(devset.table_of(figures, measure), "\n")
    for system in next(iter(codes.values()), ()):
        print("%-28s %.3f" % (system, np.mean([r[system] for r in codes.values()])))
    if a.out:
        with open(a.out, "w") as f:
            json.dump({"figures": figures, "codes": codes}, f, indent=1)


if __name__ == "__main__":
    main()
