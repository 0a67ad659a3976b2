"""Query and passage as a cross-encoder reads them: [CLS] query [SEP] passage [SEP], padded."""

import numba as nb
import numpy as np
import torch

CLS, SEP = 2, 3


@nb.njit(cache=True)
def _fill(qf, qo, pf, po, qr, pr, ql, pl, ids, am, tt):
    for i in range(len(qr)):
        ids[i, 0] = CLS
        for t in range(ql[i]):
            ids[i, 1 + t] = qf[qo[qr[i]] + t]
        c = ql[i] + 2
        ids[i, c - 1] = SEP
        for t in range(pl[i]):
            ids[i, c + t] = pf[po[pr[i]] + t]
        end = c + pl[i] + 1
        ids[i, end - 1] = SEP
        am[i, :end] = 1
        tt[i, c:end] = 1


def pack(qf, qo, pf, po, qrows, prows, max_q, max_len):
    """-> input_ids, attention_mask, token_type_ids; the passage gets what the query leaves of max_len."""
    qrows, prows = np.asarray(qrows, np.int64), np.asarray(prows, np.int64)
    ql = np.minimum(qo[qrows + 1] - qo[qrows], max_q)
    pl = np.minimum(po[prows + 1] - po[prows], max_len - 3 - ql)
    ids, am, tt = (np.zeros((len(qrows), int((ql + pl).max()) + 3), np.int64) for _ in range(3))
    _fill(qf, qo, pf, po, qrows, prows, ql, pl, ids, am, tt)
    return torch.from_numpy(ids), torch.from_numpy(am), torch.from_numpy(tt)


def logits_of(run, c, candidates, max_q=64, max_len=256, size=64):
    """run(input_ids, attention_mask, token_type_ids) -> logits; c: a tokenised collection; candidates: documents of
    each query -> logits of each query."""
    qi = np.concatenate([np.full(len(x), i) for i, x in enumerate(candidates)]).astype(np.int64)
    pi = np.concatenate([np.asarray(x, np.int64) for x in candidates])
    order = np.argsort(c["po"][pi + 1] - c["po"][pi], kind="stable")
    out = np.zeros(len(qi), np.float32)
    for i in range(0, len(order), size):
        j = order[i : i + size]
        out[j] = run(*pack(c["qf"], c["qo"], c["pf"], c["po"], qi[j], pi[j], max_q, max_len))
    return np.split(out, np.cumsum([len(x) for x in candidates])[:-1])
