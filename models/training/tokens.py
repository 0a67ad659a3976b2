"""Texts as token ids in flat arrays with offsets; special tokens are never among them."""

import numba as nb
import numpy as np
from tokenizers import Tokenizer


class Tok:
    """tokenizer.json through the Rust tokenizers package; without special tokens."""

    def __init__(self, path):
        self.t = Tokenizer.from_file(path)
        self.t.no_truncation()
        self.t.no_padding()
        self.vocab = self.t.get_vocab()

    def flat(self, texts, maxlen, chunk=20000):
        """-> flat int32 ids, int64 offsets."""
        out = []
        lens = []
        for i in range(0, len(texts), chunk):
            for e in self.t.encode_batch_fast(texts[i : i + chunk], add_special_tokens=False):
                a = np.array(e.ids[:maxlen], np.int32)
                out.append(a)
                lens.append(len(a))
        off = np.zeros(len(lens) + 1, np.int64)
        np.cumsum(lens, out=off[1:])
        return (np.concatenate(out) if out else np.zeros(0, np.int32)), off


@nb.njit(cache=True)
def gather_rows(flat, off, rows, maxlen):
    """ragged rows -> (flat ids, offsets) of the chosen rows, cut at maxlen."""
    n = 0
    o = np.zeros(len(rows) + 1, np.int64)
    for i in range(len(rows)):
        l = off[rows[i] + 1] - off[rows[i]]
        if l > maxlen:
            l = maxlen
        n += l
        o[i + 1] = n
    out = np.empty(n, np.int32)
    for i in range(len(rows)):
        b = off[rows[i]]
        for j in range(o[i + 1] - o[i]):
            out[o[i] + j] = flat[b + j]
    return out, o


@nb.njit(cache=True)
def pad_rows(flat, off, rows, maxlen):
    """ragged rows -> padded (n, L) int64 matrix with 0 as padding."""
    L = 1
    for i in range(len(rows)):
        l = min(maxlen, off[rows[i] + 1] - off[rows[i]])
        if l > L:
            L = l
    out = np.zeros((len(rows), L), np.int64)
    for i in range(len(rows)):
        b = off[rows[i]]
        l = min(maxlen, off[rows[i] + 1] - b)
        for j in range(l):
            out[i, j] = flat[b + j]
    return out
