"""The re-ranker, trained listwise: a softmax over the own passage, 6 mined ones and 1 of another query.

python train_crossencoder.py --data DIR --tok DIR --hard lists.npz --table table.npy --out ce.pt --dev DIR,DIR

Writes the averaged weights of the end to OUT and those that did best on DEV to OUT with .best.pt.
"""

import argparse
import json
import os
import time

import numba as nb
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

import devset
from beir import mean_metrics
from fusion import convex, reranked, topk
from pairs import logits_of, pack
from reranker import Reranker
from stem import STOP, porter
from tokens import Tok

NEGATIVES, MAX_QUERY, MAX_LENGTH, EMA = 7, 32, 160, 0.99


@nb.njit(cache=True)
def document_frequencies(flat, off, V):
    df = np.zeros(V, np.int64)
    last = np.full(V, -1, np.int64)
    for d in range(len(off) - 1):
        for i in range(off[d], off[d + 1]):
            if last[flat[i]] != d:
                last[flat[i]] = d
                df[flat[i]] += 1
    return df


def principal_part(E, dim):
    """E on its principal directions, cut; uncentred, so that inner products are kept."""
    if dim < E.shape[1]:
        _, U = np.linalg.eigh(E.T @ E)
        E = E @ U[:, ::-1][:, :dim]
    return E / np.sqrt((E**2).sum(1).mean())


def untrained(table, dim, tok_folder, data):
    """The model before training: the bi-encoder's table, BM25's form, idf of the training passages."""
    with open(os.path.join(tok_folder, "tokenizer.json")) as f:
        vocab = json.load(f)["model"]["vocab"]
    V = len(vocab)
    model = Reranker(V, dim)
    E = np.load(table).astype(np.float32)
    E[:5] = 0
    model.table.weight.data = torch.from_numpy(principal_part(E, dim).astype(np.float32))
    first_of_stem, stem = {}, np.zeros(V, np.int32)
    for token, i in sorted(vocab.items(), key=lambda x: x[1]):
        key = porter(token) if token.isalpha() and len(token) > 2 else token
        stem[i] = first_of_stem.setdefault(key, i)
    model.stem = torch.from_numpy(stem)

    z = np.load(os.path.join(data, "pairs.npz"))
    df, N = document_frequencies(stem[z["pf"]], z["po"], V), len(z["po"]) - 1
    idf = np.log(1 + (N - df + 0.5) / (df + 0.5))
    weight = np.log(np.maximum(idf[stem], 0.05)) - np.log(8.0)
    for token, i in vocab.items():
        if token in STOP:
            weight[i] = min(weight[i], np.log(0.08))
        elif not any(ch.isalnum() for ch in token):
            weight[i] = np.log(0.02)
        elif token.startswith("##"):
            weight[i] = min(weight[i], np.log(0.5))
    model.idf.weight.data = torch.from_numpy(weight.astype(np.float32))[:, None]
    return model


def first_stage(collections, table, tf, weight=0.6):
    """Adds to each collection the fused list that the re-ranker gets, and its scores."""
    encode = devset.table_encoder(table, tf)
    for c in collections:
        q, p = encode(c["qf"], c["qo"]), encode(c["pf"], c["po"])
        q /= np.linalg.norm(q, axis=1, keepdims=True) + 1e-9
        p /= np.linalg.norm(p, axis=1, keepdims=True) + 1e-9
        ix, sc = topk(q, p, 200)
        c["fused"] = [convex(b, bs, d, ds, weight) for b, bs, d, ds in zip(c["bm25"], c["bm25s"], ix, sc)]


@torch.no_grad()
def evaluate(model, collections, max_queries, top=50):
    """Prints nDCG@10 of the re-ranked lists; returns its mean for the best weight of the first stage."""
    model.eval()
    device = next(model.parameters()).device
    run = lambda *inputs: model(*[t.to(device) for t in inputs])[:, 0].float().cpu().numpy()
    results = {}
    for c in collections:
        fused, rel = c["fused"][:max_queries], c["rels"][:max_queries]
        candidates = [docs[:top] for docs, _ in fused]
        logits = logits_of(run, c, candidates)
        r = {"first": mean_metrics([docs for docs, _ in fused], rel)}
        for w in (0.0, 0.5, 1.0, 2.0):
            ranked = [reranked(x, l, s, w) for x, l, (_, s) in zip(candidates, logits, fused)]
            r["ce+fs%.1f" % w] = mean_metrics(ranked, rel)
        results[c["name"]] = r
    model.train()
    print(devset.table_of(results), flush=True)
    systems = [s for s in next(iter(results.values())) if s.startswith("ce")]
    return max(np.mean([r[s][0] for r in results.values()]) for s in systems)


def batches(rows, lists, po, size, rng):
    """List numbers of a batch; lists of similar length together, in shuffled blocks of 50 batches."""
    block = size * 50
    while True:
        order = rng.permutation(len(lists))
        for i in range(0, max(1, len(order) - block), block):
            part = order[i : i + block]
            passage = rows[lists[part], 1]
            part = part[np.argsort(po[passage + 1] - po[passage], kind="stable")]
            for j in rng.permutation(len(part) // size):
                yield part[j * size : (j + 1) * size]


class Average:
    """Exponential moving average of parameters, short at the start; `apply` swaps it in for the time of a block."""

    def __init__(self, params):
        self.params, self.mean, self.steps = params, None, 0

    @torch.no_grad()
    def update(self):
        self.steps += 1
        if self.mean is None:
            self.mean = [p.detach().clone() for p in self.params]
        else:
            keep = min(EMA, self.steps / (self.steps + 9))
            torch._foreach_lerp_(self.mean, [p.detach() for p in self.params], 1 - keep)

    def swap(self):
        for i, p in enumerate(self.params):
            live = p.detach().clone()
            p.data.copy_(self.mean[i])
            self.mean[i] = live


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--data", required=True)
    ap.add_argument("--tok", required=True)
    ap.add_argument("--hard", required=True)
    ap.add_argument("--table", required=True, help="the bi-encoder's table: first stage, and the re-ranker's own")
    ap.add_argument("--out", required=True)
    ap.add_argument("--dim", type=int, default=384)
    ap.add_argument("--tf", type=float, default=0.75)
    ap.add_argument("--queries", type=int, default=48)
    ap.add_argument("--steps", type=int, default=2000)
    ap.add_argument("--eval-every", type=int, default=250)
    ap.add_argument("--lr", type=float, default=1.5e-3)
    ap.add_argument("--lr-idf", type=float, default=1e-4)
    ap.add_argument("--wd", type=float, default=0.01)
    ap.add_argument("--dev-q", type=int, default=100)
    ap.add_argument("--dev", required=True)
    ap.add_argument("--heldout", default="")
    ap.add_argument("--devcache", default="")
    ap.add_argument("--device", default="cpu")
    ap.add_argument("--seed", type=int, default=0)
    a = ap.parse_args()
    torch.set_num_threads(2)
    nb.set_num_threads(2)
    torch.manual_seed(a.seed)
    rng = np.random.default_rng(a.seed)
    device = torch.device(a.device)
    tok = Tok(os.path.join(a.tok, "tokenizer.json"))
    model = untrained(a.table, a.dim, a.tok, a.data).to(device)
    collections = devset.tokenise(devset.load_dev(a.dev.split(","), a.heldout, a.devcache), tok)
    first_stage(collections, np.load(a.table), a.tf)

    z = np.load(os.path.join(a.data, "pairs.npz"))
    rows, qf, qo, pf, po = (z[k] for k in ("rows", "qf", "qo", "pf", "po"))
    mined = np.load(a.hard)
    lists, negatives = mined["row"], mined["neg"]

    model.table.weight.requires_grad_(False)
    term_weights = [model.idf.weight]
    rest = [p for n, p in model.named_parameters() if n not in ("table.weight", "idf.weight")]
    groups = [
        {"params": rest, "lr": a.lr, "weight_decay": a.wd, "base": a.lr},
        {"params": term_weights, "lr": a.lr_idf, "weight_decay": 0, "base": a.lr_idf},
    ]
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.99), fused=True)
    average = Average(rest + term_weights)
    draw = batches(rows, lists, po, a.queries, rng)
    best, start, losses = 0.0, time.time(), []

    def save(path):
        torch.save({"cfg": model.cfg, "state": model.state_dict()}, path)

    for step in range(a.steps):
        for group in optimiser.param_groups:
            group["lr"] = group["base"] * min(1, (step + 1) / 200) * max(0.02, 1 - step / a.steps)
        b = next(draw)
        r, n = rows[lists[b]], len(b)
        pick = rng.random((n, negatives.shape[1])).argsort(1)[:, :NEGATIVES]
        others = np.take_along_axis(negatives[b], pick, 1)
        others[:, -1] = np.roll(r[:, 1], 1)  # another query's passage keeps the score sane on easy documents
        docs = np.concatenate([r[:, 1:2], others], 1)
        queries = np.repeat(r[:, 0], NEGATIVES + 1)
        inputs = pack(qf, qo, pf, po, queries, docs.reshape(-1), MAX_QUERY, MAX_LENGTH)
        logits = model(*[t.to(device) for t in inputs]).float().view(n, NEGATIVES + 1)
        repeated = np.concatenate([np.zeros((n, 1), bool), docs[:, 1:] == docs[:, :1]], 1)
        logits = logits.masked_fill(torch.from_numpy(repeated).to(device), -1e4)
        loss = F.cross_entropy(logits, torch.zeros(n, dtype=torch.long, device=device))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(rest, 1.0)
        optimiser.step()
        average.update()
        losses.append(loss.item())
        if (step + 1) % 100 == 0:
            speed = (step + 1) * a.queries / (time.time() - start)
            print("step %d loss %.4f, %.1f queries/s" % (step + 1, np.mean(losses[-100:]), speed), flush=True)
        if (step + 1) % a.eval_every == 0:
            average.swap()
            quality = evaluate(model, collections, a.dev_q)
            if quality > best:
                best = quality
                save(a.out.replace(".pt", ".best.pt"))
                print("best %.4f at step %d" % (best, step + 1), flush=True)
            average.swap()
    average.swap()
    save(a.out)


if __name__ == "__main__":
    main()
