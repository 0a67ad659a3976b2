"""Token ids, vectors and logits as Python makes them, for validate.js to compare.

python make_samples.py --data DIR --tok DIR --table table.npy --ckpt ce.best.pt --out samples.json
"""

import argparse
import gzip
import json
import os

import numpy as np
import torch
from tokenizers import Tokenizer

from devset import table_encoder
from export_onnx import MAX_LENGTH
from pairs import CLS, SEP
from reranker import N_SPECIAL, Reranker

ODD = [
    "na\u00efve caf\u00e9 \u2014 \u00dcn\u00efc\u00f6d\u00e9 \u00c5NGSTR\u00d6M \ufb01 ligature",
    "\u65e5\u672c\u8a9e mixed \u4e2d\u6587 text",
    "x\u00b2+y\u00b3=z\u00bd \u0391\u0392\u0393 \u03b1\u03b2\u03b3",
    "emoji \U0001f600 and\ttabs\u00a0nbsp\u200bzero",
    "snake_case camelCase C++ C# a.b/c\\d #include<stdio.h> 0xDEADBEEF 12345678",
    "don't can't it's \u201cquotes\u201d \u2018single\u2019 \u2026",
]


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", required=True)
    ap.add_argument("--tok", required=True)
    ap.add_argument("--table", required=True)
    ap.add_argument("--tf", type=float, default=0.75)
    ap.add_argument("--ckpt", required=True)
    ap.add_argument("--out", required=True)
    a = ap.parse_args()
    rng = np.random.default_rng(3)

    def texts(name):
        with gzip.open(os.path.join(a.data, name), "rt") as f:
            return [line.rstrip("\n") for line in f]

    P, Q = texts("P.txt.gz"), texts("Q.txt.gz")
    rows = np.load(os.path.join(a.data, "pairs.npz"))["rows"]
    tokenizer = Tokenizer.from_file(os.path.join(a.tok, "tokenizer.json"))
    plain = lambda text: tokenizer.encode(text, add_special_tokens=False).ids
    any_of = lambda texts, n: [texts[i] for i in rng.integers(0, len(texts), n)]

    tokens = [[s, plain(s)] for s in ODD + any_of(P, 1994)]
    table = np.load(a.table)
    table[:N_SPECIAL] = 0
    encode, vectors = table_encoder(table, a.tf), []
    for s in any_of(P, 150) + any_of(Q, 50):
        ids = np.array(tokenizer.encode(s).ids[:MAX_LENGTH], np.int32)
        v = encode(ids, np.array([0, len(ids)]))[0]
        vectors.append([s, (v / max(np.linalg.norm(v), 1e-12)).tolist()])

    checkpoint = torch.load(a.ckpt)
    model = Reranker(bf16=False, **checkpoint["cfg"])
    model.load_state_dict(checkpoint["state"])
    model.eval()
    pairs = []
    for j in range(200):
        r = rows[rng.integers(0, len(rows))]
        q, p = Q[r[0]], P[r[1] if j % 2 else rng.integers(0, len(P))]
        x, y = plain(q)[:64], plain(p)[:256]
        ids = torch.tensor([[CLS] + x + [SEP] + y + [SEP]])
        segments = torch.tensor([[0] * (len(x) + 2) + [1] * (len(y) + 1)])
        with torch.no_grad():
            pairs.append([q, p, model(ids, torch.ones_like(ids), segments).item()])
    with open(a.out, "w") as f:
        json.dump({"tokens": tokens, "vectors": vectors, "pairs": pairs}, f)


if __name__ == "__main__":
    main()
