"""Collections in BEIR layout, and the figures that rankings of them are measured by."""

import gzip
import json
import math
import os
from collections import defaultdict

import numpy as np


def metrics(rank, rel, k=10, kr=100):
    """rank: list of doc ids best first; rel: {doc: gain>0}."""
    gains = [rel.get(d, 0) for d in rank[:k]]
    dcg = sum(g / math.log2(i + 2) for i, g in enumerate(gains))  # linear gains, as BEIR (pytrec_eval)
    ideal = sorted(rel.values(), reverse=True)[:k]
    idcg = sum(g / math.log2(i + 2) for i, g in enumerate(ideal))
    mrr = 0.0
    for i, g in enumerate(gains):
        if g > 0:
            mrr = 1 / (i + 1)
            break
    rec = len([d for d in rank[:kr] if rel.get(d, 0) > 0]) / max(1, len(rel))
    return dcg / idcg if idcg else 0.0, rec, mrr


def mean_metrics(ranks, rels):
    a = np.array([metrics(r, l) for r, l in zip(ranks, rels)])
    return a.mean(0) if len(a) else np.zeros(3)


def jsonl(path):
    op = gzip.open if path.endswith(".gz") else open
    with op(path, "rt", encoding="utf-8", errors="replace") as f:
        for line in f:
            line = line.strip()
            if line:
                yield json.loads(line)


def load_beir(path):
    """-> dict(name, doc_ids, docs, qids, queries, rels) ; title and text are joined."""

    def find(*names):
        for n in names:
            for suf in ("", ".gz"):
                p = os.path.join(path, n + suf)
                if os.path.exists(p):
                    return p
        raise FileNotFoundError(path + ": " + "/".join(names))

    ids, docs = [], []
    for r in jsonl(find("corpus.jsonl")):
        t = (r.get("title") or "").strip()
        x = (r.get("text") or "").strip()
        ids.append(str(r["_id"]))
        docs.append((t + ". " + x) if t and x and not x.startswith(t) else (x or t))
    qr = defaultdict(dict)
    qp = None
    for c in ("qrels/test.tsv", "qrels/dev.tsv", "qrels.tsv", "qrels/all.tsv"):
        if os.path.exists(os.path.join(path, c)):
            qp = os.path.join(path, c)
            break
    pos = {d: i for i, d in enumerate(ids)}
    with open(qp) as f:
        for i, line in enumerate(f):
            p = line.rstrip("\n").split("\t")
            if len(p) < 3 or (i == 0 and not p[2].strip().lstrip("-").isdigit()):
                continue
            if int(p[2]) > 0 and p[1] in pos:
                qr[p[0]][pos[p[1]]] = int(p[2])
    qids, qs, rels = [], [], []
    for r in jsonl(find("queries.jsonl")):
        if str(r["_id"]) in qr:
            qids.append(str(r["_id"]))
            qs.append(r["text"])
            rels.append(qr[str(r["_id"])])
    return dict(name=os.path.basename(path.rstrip("/")), doc_ids=ids, docs=docs, qids=qids, queries=qs, rels=rels)
