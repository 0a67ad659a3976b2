"""The token table before training: positive PMI of words near each other, reduced by a randomised SVD.

python init_table.py --data DIR --tok DIR --out init.npy --dev DIR,DIR
"""

import argparse
import json
import os
from collections import defaultdict

import numba as nb
import numpy as np
import torch

import devset
from stem import porter
from tokens import Tok

CONTEXTS, WINDOW, SMOOTHING, STEM_COUNT = 16384, 8, 0.75, 200


@nb.njit(parallel=True, cache=True)
def cooccurrence(ids, off, keep, context_of, C):
    """Adds 1/sqrt(distance) for each pair of a window; a thread owns the tokens of one parity, so none waits."""
    for th in nb.prange(2):
        np.random.seed(1 + th)
        for b in range(len(off) - 1):
            for i in range(off[b], off[b + 1]):
                c = ids[i]
                if c % 2 != th or np.random.random() > keep[c]:
                    continue
                for j in range(max(off[b], i - WINDOW), min(off[b + 1], i + WINDOW + 1)):
                    if j != i:
                        k = context_of[ids[j]]
                        if k >= 0:
                            C[c, k] += 1.0 / abs(j - i) ** 0.5


def principal_directions(M, dim):
    """Left singular vectors of M by three rounds of subspace iteration."""
    M = torch.from_numpy(M)
    Q = torch.randn(M.shape[1], dim + 32, generator=torch.Generator().manual_seed(0))
    for _ in range(3):
        Y = torch.linalg.qr(M @ Q).Q
        Q = torch.linalg.qr(M.T @ Y).Q
    return torch.linalg.svd(M @ Q, full_matrices=False).U[:, :dim].numpy()


def unit(E):
    return E / (np.linalg.norm(E, axis=1, keepdims=True) + 1e-9)


def share_stems(E, vocab, count):
    """Draws the rows of a stem's rare words to the mean of its words."""
    groups = defaultdict(list)
    for token, i in vocab.items():
        if token.isalpha() and len(token) > 2:
            groups[porter(token)].append(i)
    for members in groups.values():
        if len(members) > 1:
            ix = np.array(members)
            w = np.minimum(count[ix], 20000)[:, None]
            mean = (E[ix] * w).sum(0) / max(w.sum(), 1e-9)
            own = (count[ix] / (count[ix] + STEM_COUNT))[:, None]
            E[ix] = own * E[ix] + (1 - own) * mean


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", required=True)
    ap.add_argument("--tok", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--dim", type=int, default=512)
    ap.add_argument("--sif", type=float, default=1e-4, help="rows are weighted by sif / (sif + p)")
    ap.add_argument("--tf", type=float, default=0.75)
    ap.add_argument("--dev", default="")
    ap.add_argument("--heldout", default="")
    ap.add_argument("--devcache", default="")
    a = ap.parse_args()
    torch.set_num_threads(2)
    nb.set_num_threads(2)
    tok = Tok(os.path.join(a.tok, "tokenizer.json"))
    V = len(tok.vocab)
    z = np.load(os.path.join(a.data, "pairs.npz"))
    count = np.bincount(z["pf"], minlength=V).astype(float)
    count[:5] = 0
    p = count / count.sum()
    # word2vec's rule for frequent words
    keep = np.minimum(1, np.sqrt(1e-4 / np.maximum(p, 1e-12)) + 1e-4 / np.maximum(p, 1e-12)).astype(np.float32)
    keep[:5] = 0
    K = min(CONTEXTS, V)
    context_of = np.full(V, -1, np.int32)
    context_of[np.argsort(-count)[:K]] = np.arange(K)
    C = np.zeros((V, K), np.float32)
    cooccurrence(z["pf"], z["po"], keep, context_of, C)

    # PPMI in place: max(0, log(count / (row * context^0.75)))
    rows, contexts = C.sum(1), C.sum(0) ** SMOOTHING
    contexts /= contexts.sum()
    for i in range(0, V, 2000):
        X = C[i : i + 2000]
        expected = np.maximum(rows[i : i + 2000, None] * contexts[None], 1e-9)
        np.maximum(np.log(np.maximum(X, 1e-9) / expected), 0, out=X)

    E = unit(principal_directions(C, a.dim))
    with open(os.path.join(a.tok, "tokenizer.json")) as f:
        share_stems(E, json.load(f)["model"]["vocab"], count)
    E = unit(E)
    E -= (E * np.sqrt(p)[:, None]).sum(0) / np.sqrt(p).sum()  # the common component
    E = unit(E) * (a.sif / (a.sif + p))[:, None]
    E[:5] = 0
    E = E.astype(np.float32)
    np.save(a.out, E)
    if a.dev:
        collections = devset.tokenise(devset.load_dev(a.dev.split(","), a.heldout, a.devcache), tok)
        devset.evaluate(collections, devset.table_encoder(E, a.tf), [a.dim])


if __name__ == "__main__":
    main()
