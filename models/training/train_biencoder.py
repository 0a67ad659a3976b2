"""The bi-encoder: token table -> weighted sum -> unit length, trained contrastively on pairs.

python train_biencoder.py --data DIR --tok DIR --init init.npy --out table.npy --dev DIR,DIR
"""

import argparse
import json
import os
import time

import numba as nb
import numpy as np
import torch
import torch.nn.functional as F

import devset
from bag import bag, tf_weights
from stem import porter
from tokens import Tok, gather_rows


def contrastive_loss(q, p, false_negatives, dims, scale):
    """Symmetric softmax over the batch, the mean over Matryoshka prefixes. The diagonal holds the pairs."""
    target = torch.arange(q.shape[0], device=q.device)
    loss = 0
    for d in dims:
        a, b = F.normalize(q[:, :d], dim=1), F.normalize(p[:, :d], dim=1)
        with torch.autocast(q.device.type, dtype=torch.bfloat16):
            S = (a * scale) @ b.T
        S = S.float().masked_fill(false_negatives, -1e4)
        loss = loss + 0.5 * F.cross_entropy(S, target) + 0.5 * F.cross_entropy(S.T, target)
    return loss / len(dims)


def source_shares(rows, data, power, weights):
    """Chance of each source: its size to a power, times the weights given as substring:factor,..."""
    with open(os.path.join(data, "meta.json")) as f:
        names = {i: name.lower() for name, i in json.load(f)["srcs"].items()}
    share = np.bincount(rows[:, 2]).astype(float) ** power
    for part in filter(None, weights.split(",")):
        key, factor = part.rsplit(":", 1)
        for i in range(len(share)):
            if key.lower() in names[i]:
                share[i] *= float(factor)
    return share / share.sum()


def batches(rows, share, size, rng):
    """Row numbers of a batch: half of the batches come from one source, the others mix them."""
    by_source = [np.where(rows[:, 2] == s)[0] for s in range(len(share))]
    while True:
        if rng.random() < 0.5:
            own = by_source[rng.choice(len(share), p=share)]
            if len(own) >= size:
                yield own[rng.permutation(len(own))[:size]]
            else:
                yield np.concatenate([own, rng.integers(0, len(rows), size - len(own))])
        else:
            per = rng.multinomial(size, share)
            parts = [by_source[s][rng.integers(0, len(by_source[s]), per[s])] for s in np.nonzero(per)[0]]
            yield np.concatenate(parts)


def stem_ids(vocab):
    """For each token the number of its Porter stem."""
    numbers, out = {}, np.zeros(len(vocab), np.int64)
    for token, i in vocab.items():
        stem = porter(token) if token.isalpha() and len(token) > 2 else token
        out[i] = numbers.setdefault(stem, len(numbers))
    return out, len(numbers)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", required=True)
    ap.add_argument("--tok", required=True)
    ap.add_argument("--init", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--epochs", type=float, default=0.9)
    ap.add_argument("--batch", type=int, default=2048)
    ap.add_argument("--lr", type=float, default=2e-3)
    ap.add_argument("--scale", type=float, default=20)
    ap.add_argument("--dims", default="512,256,128")
    ap.add_argument("--tf", type=float, default=0.75, help="a token seen n times counts n^tf")
    ap.add_argument("--src-power", type=float, default=0.7)
    ap.add_argument("--src-weight", default="")
    ap.add_argument("--seed", type=int, default=0)
    ap.add_argument("--device", default="cpu")
    ap.add_argument("--dev", default="")
    ap.add_argument("--heldout", default="")
    ap.add_argument("--devcache", default="")
    a = ap.parse_args()
    torch.set_num_threads(2)
    nb.set_num_threads(2)
    torch.manual_seed(0)
    rng = np.random.default_rng(a.seed)
    device = torch.device(a.device)
    tok = Tok(os.path.join(a.tok, "tokenizer.json"))
    with open(os.path.join(a.tok, "tokenizer.json")) as f:
        vocab = json.load(f)["model"]["vocab"]
    V, dims = len(vocab), [int(x) for x in a.dims.split(",")]

    z = np.load(os.path.join(a.data, "pairs.npz"))
    rows, qf, qo, pf, po = (z[k] for k in ("rows", "qf", "qo", "pf", "po"))
    rows = rows[(np.diff(qo)[rows[:, 0]] >= 1) & (np.diff(po)[rows[:, 1]] >= 5)]
    share = source_shares(rows, a.data, a.src_power, a.src_weight)

    # A token's vector is its own row plus one shared by all words of its stem; they are added up at the end.
    table = torch.nn.Parameter(torch.from_numpy(np.load(a.init)).to(device))
    stems, n_stems = stem_ids(vocab)
    shared = torch.nn.Parameter(torch.zeros(n_stems, table.shape[1], device=device))
    stems = torch.from_numpy(stems).to(device)
    optimiser = torch.optim.Adam([table, shared], lr=a.lr, betas=(0.9, 0.98), eps=1e-9, fused=True)

    steps = int(a.epochs * len(rows) / a.batch)
    draw = batches(rows, share, a.batch, rng)
    start, losses = time.time(), []
    for step in range(steps):
        lr = a.lr * min(1, (step + 1) / (0.05 * steps + 1)) * max(0.02, 1 - step / steps)
        for group in optimiser.param_groups:
            group["lr"] = lr
        ix = next(draw)
        qr, pr = rows[ix, 0], rows[ix, 1]
        same = (qr[:, None] == qr[None, :]) | (pr[:, None] == pr[None, :])
        np.fill_diagonal(same, False)
        E = table + shared[stems]
        qi, qof = gather_rows(qf, qo, qr, 64)
        pi, pof = gather_rows(pf, po, pr, 256)
        q = bag(E, qi, qof, tf_weights(qi, qof, V, a.tf))
        p = bag(E, pi, pof, tf_weights(pi, pof, V, a.tf))
        loss = contrastive_loss(q, p, torch.from_numpy(same).to(device), dims, a.scale)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
        if (step + 1) % 50 == 0:
            speed = a.batch * (step + 1) / (time.time() - start)
            print("step %d/%d loss %.4f, %.0f pairs/s" % (step + 1, steps, np.mean(losses[-50:]), speed), flush=True)

    trained = (table + shared[stems]).detach().cpu().numpy().copy()
    trained[0] = 0
    np.save(a.out, trained)
    if a.dev:
        collections = devset.tokenise(devset.load_dev(a.dev.split(","), a.heldout, a.devcache), tok)
        devset.evaluate(collections, devset.table_encoder(trained, a.tf), dims)


if __name__ == "__main__":
    main()
