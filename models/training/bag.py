"""Weighted embedding bag over ragged rows, with a backward pass that is fast on CPUs."""

import numba as nb
import numpy as np
import torch
import torch.nn.functional as F


@nb.njit(parallel=True, fastmath=True, cache=True)
def bag_sums(E, ids, off, w, out):
    for b in nb.prange(len(off) - 1):
        for i in range(off[b], off[b + 1]):
            r = ids[i]
            x = w[i]
            for d in range(E.shape[1]):
                out[b, d] += x * E[r, d]


@nb.njit(cache=True)
def _csc(ids, off, V):
    ptr = np.zeros(V + 1, np.int64)
    for i in range(len(ids)):
        ptr[ids[i] + 1] += 1
    for v in range(V):
        ptr[v + 1] += ptr[v]
    pos = ptr[:-1].copy()
    row = np.empty(len(ids), np.int32)
    src = np.empty(len(ids), np.int32)
    for b in range(len(off) - 1):
        for i in range(off[b], off[b + 1]):
            p = pos[ids[i]]
            pos[ids[i]] = p + 1
            row[p] = b
            src[p] = i
    return ptr, row, src


@nb.njit(parallel=True, fastmath=True, cache=True)
def _bwd(G, ptr, row, src, w, dE):
    for v in nb.prange(len(ptr) - 1):
        for p in range(ptr[v], ptr[v + 1]):
            x = w[src[p]]
            r = row[p]
            for d in range(G.shape[1]):
                dE[v, d] += x * G[r, d]


class _Bag(torch.autograd.Function):
    @staticmethod
    def forward(ctx, E, ids, off, w):
        out = np.zeros((len(off) - 1, E.shape[1]), np.float32)
        bag_sums(E.detach().numpy(), ids, off, w, out)
        ctx.a = (ids, off, w, E.shape)
        return torch.from_numpy(out)

    @staticmethod
    def backward(ctx, G):
        ids, off, w, sh = ctx.a
        ptr, row, src = _csc(ids, off, sh[0])
        dE = np.zeros(sh, np.float32)
        _bwd(G.contiguous().numpy(), ptr, row, src, w, dE)
        return torch.from_numpy(dE), None, None, None


def bag(E, ids, off, w):
    """sum_i w_i E[ids_i] of every ragged row."""
    if E.device.type == "cpu":
        return _Bag.apply(E, ids, off, w)
    dev = E.device
    return F.embedding_bag(
        torch.from_numpy(ids).long().to(dev),
        E,
        torch.from_numpy(off[:-1]).long().to(dev),
        mode="sum",
        per_sample_weights=torch.from_numpy(w).to(dev),
    )


@nb.njit(cache=True)
def tf_weights(ids, off, V, power):
    """occurrence weights tf^(power-1) so that a token seen tf times counts tf^power; power 1 = plain sum."""
    w = np.ones(len(ids), np.float32)
    if power == 1.0:
        return w
    c = np.zeros(V, np.int32)
    for b in range(len(off) - 1):
        for i in range(off[b], off[b + 1]):
            c[ids[i]] += 1
        for i in range(off[b], off[b + 1]):
            w[i] = c[ids[i]] ** (power - 1.0)
        for i in range(off[b], off[b + 1]):
            c[ids[i]] = 0
    return w
