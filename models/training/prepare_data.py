"""Pairs, once tokenised, as flat arrays: pairs.npz, the texts in Q.txt.gz and P.txt.gz, source numbers in meta.json.

A pair is a line {"q", "p", "type", "src"} of a JSON Lines file: query, passage, kind of pair, source.

python prepare_data.py --pairs 'DIR/pairs-*.jsonl.gz' --tok DIR --out DIR
"""

import argparse
import glob
import gzip
import json
import os
from collections import Counter

import numpy as np

from beir import jsonl
from stem import fold
from tokens import Tok

MAX_QUERY, MAX_PASSAGE = 64, 256


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--pairs", required=True)
    ap.add_argument("--tok", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--src-cap", type=int, default=25000, help="pairs taken from a source")
    ap.add_argument("--cap-except", default="", help="substrings of sources without that limit")
    a = ap.parse_args()
    os.makedirs(a.out, exist_ok=True)
    uncapped = [x.lower() for x in a.cap_except.split(",") if x]
    query_ids, passage_ids, Q, P = {}, {}, [], []
    rows, sources, types, seen, taken = [], {}, {}, set(), Counter()
    for path in sorted(glob.glob(a.pairs)):
        for r in jsonl(path):
            q, p, source = r["q"].strip(), r["p"].strip(), r["src"]
            if len(q) < 3 or len(p) < 20:
                continue
            if taken[source] >= a.src_cap and not any(x in source.lower() for x in uncapped):
                continue
            qh, ph = fold(q), fold(p[:600])
            if qh == ph or (qh, hash(ph)) in seen:
                continue
            seen.add((qh, hash(ph)))
            if qh not in query_ids:
                query_ids[qh] = len(Q)
                Q.append(q)
            if ph not in passage_ids:
                passage_ids[ph] = len(P)
                P.append(p[:2000])
            numbers = sources.setdefault(source, len(sources)), types.setdefault(r["type"], len(types))
            rows.append((query_ids[qh], passage_ids[ph], *numbers))
            taken[source] += 1
    tok = Tok(os.path.join(a.tok, "tokenizer.json"))
    qf, qo = tok.flat(Q, MAX_QUERY)
    pf, po = tok.flat(P, MAX_PASSAGE)
    np.savez(os.path.join(a.out, "pairs.npz"), rows=np.array(rows, np.int32), qf=qf, qo=qo, pf=pf, po=po)
    with open(os.path.join(a.out, "meta.json"), "w") as f:
        json.dump({"srcs": sources, "types": types}, f)
    for name, texts in (("Q.txt.gz", Q), ("P.txt.gz", P)):
        with gzip.open(os.path.join(a.out, name), "wt", compresslevel=1) as f:
            f.writelines(" ".join(text.split()) + "\n" for text in texts)
    print("pairs %d, queries %d, passages %d, sources %d" % (len(rows), len(Q), len(P), len(sources)))


if __name__ == "__main__":
    main()
