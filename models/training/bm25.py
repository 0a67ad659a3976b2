"""BM25 over Porter stems, as Lucene counts it: an inverted index in flat arrays, searched by compiled loops."""

from collections import Counter

import numba as nb
import numpy as np

from stem import STOP, TOKEN, fold, porter


class Terms:
    """text -> int term ids (Porter stems, stop words removed), growing vocabulary."""

    def __init__(self):
        self.stem_id = {}
        self.word_id = {}

    def __call__(self, text, grow=True):
        out = []
        wid = self.word_id
        for w in TOKEN.findall(fold(text)):
            t = wid.get(w)
            if t is None:
                if w in STOP:
                    t = -1
                else:
                    s = porter(w)
                    t = self.stem_id.get(s)
                    if t is None:
                        if not grow:
                            continue
                        t = len(self.stem_id)
                        self.stem_id[s] = t
                wid[w] = t
            if t >= 0:
                out.append(t)
        return out


@nb.njit(cache=True)
def _tfs(flat, off, ndoc):
    """(term, doc, tf) triples of every document; flat is sorted inside each document."""
    n = 0
    for d in range(ndoc):
        for i in range(off[d], off[d + 1]):
            if i == off[d] or flat[i] != flat[i - 1]:
                n += 1
    term = np.empty(n, np.int32)
    doc = np.empty(n, np.int32)
    tf = np.empty(n, np.float32)
    n = -1
    for d in range(ndoc):
        for i in range(off[d], off[d + 1]):
            if i == off[d] or flat[i] != flat[i - 1]:
                n += 1
                term[n] = flat[i]
                doc[n] = d
                tf[n] = 1
            else:
                tf[n] += 1
    return term, doc, tf


@nb.njit(parallel=True, cache=True)
def _search(ptr, docs, imp, qflat, qoff, qw, ndoc, k, nthreads):
    nq = len(qoff) - 1
    idx = np.full((nq, k), -1, np.int32)
    sc = np.zeros((nq, k), np.float32)
    for th in nb.prange(nthreads):
        acc = np.zeros(ndoc, np.float32)
        touched = np.empty(ndoc, np.int32)
        for q in range(th, nq, nthreads):
            nt = 0
            for j in range(qoff[q], qoff[q + 1]):
                t = qflat[j]
                for p in range(ptr[t], ptr[t + 1]):
                    d = docs[p]
                    if acc[d] == 0:
                        touched[nt] = d
                        nt += 1
                    acc[d] += imp[p] * qw[j]
            # top-k by a small heap (min at 0)
            hs = 0
            for i in range(nt):
                d = touched[i]
                s = acc[d]
                acc[d] = 0
                if hs < k:
                    c = hs
                    hs += 1
                    sc[q, c] = s
                    idx[q, c] = d
                    while c > 0:
                        pa = (c - 1) >> 1
                        if sc[q, pa] > sc[q, c]:
                            a = sc[q, pa]
                            sc[q, pa] = sc[q, c]
                            sc[q, c] = a
                            b = idx[q, pa]
                            idx[q, pa] = idx[q, c]
                            idx[q, c] = b
                            c = pa
                        else:
                            break
                elif s > sc[q, 0]:
                    sc[q, 0] = s
                    idx[q, 0] = d
                    c = 0
                    while True:
                        l = 2 * c + 1
                        if l >= hs:
                            break
                        if l + 1 < hs and sc[q, l + 1] < sc[q, l]:
                            l += 1
                        if sc[q, l] < sc[q, c]:
                            a = sc[q, l]
                            sc[q, l] = sc[q, c]
                            sc[q, c] = a
                            b = idx[q, l]
                            idx[q, l] = idx[q, c]
                            idx[q, c] = b
                            c = l
                        else:
                            break
    return idx, sc


class BM25:
    """Lucene-style BM25 over Porter stems, k1=1.2 b=0.75. docs: iterable of texts."""

    def __init__(self, docs, k1=1.2, b=0.75, terms=None, max_df=1.0):
        self.terms = terms or Terms()
        flat = []
        off = [0]
        arrs = []
        n = 0
        for d in docs:
            t = np.array(sorted(self.terms(d)), np.int32)
            arrs.append(t)
            n += len(t)
            off.append(n)
        flat = np.concatenate(arrs) if arrs else np.zeros(0, np.int32)
        off = np.array(off, np.int64)
        self.n = len(off) - 1
        dl = np.diff(off).astype(np.float32)
        self.avg = max(dl.mean(), 1e-6)
        term, doc, tf = _tfs(flat, off, self.n)
        o = np.argsort(term, kind="stable")
        term, doc, tf = term[o], doc[o], tf[o]
        V = len(self.terms.stem_id)
        df = np.bincount(term, minlength=V)
        self.df = df
        self.idf = np.log(1 + (self.n - df + 0.5) / (df + 0.5)).astype(np.float32)
        self.ptr = np.concatenate([[0], np.cumsum(df)]).astype(np.int64)
        K = k1 * (1 - b + b * dl[doc] / self.avg)
        self.docs = doc.astype(np.int32)
        self.imp = (self.idf[term] * tf * (k1 + 1) / (tf + K)).astype(np.float32)
        self.max_df = max_df

    def query_terms(self, q):
        c = Counter(self.terms(q, grow=False))
        V = len(self.idf)
        lim = self.max_df * self.n
        ts = [t for t in c if t < V and self.df[t] > 0 and self.df[t] <= lim]
        return ts, [float(c[t]) for t in ts]

    def search(self, queries, k=100, threads=2):
        qf = []
        qo = [0]
        qw = []
        for q in queries:
            t, w = self.query_terms(q)
            qf += t
            qw += w
            qo.append(len(qf))
        nb.set_num_threads(min(threads, nb.config.NUMBA_NUM_THREADS))
        idx, sc = _search(
            self.ptr,
            self.docs,
            self.imp,
            np.array(qf, np.int32),
            np.array(qo, np.int64),
            np.array(qw, np.float32),
            self.n,
            k,
            threads,
        )
        o = np.argsort(-sc, axis=1, kind="stable")
        return np.take_along_axis(idx, o, 1), np.take_along_axis(sc, o, 1)
