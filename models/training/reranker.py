"""The re-ranker: not a transformer, but matching of query terms against a passage, learned in few parameters.

Per query term: BM25's saturation of exact (stem) matches, ordered bigrams, neighbours within a window, position, the
best covered window, and soft matches (Gaussian kernels over cosines, as in K-NRM); per pair: sums weighted by learned
term weights, and similarities of the two bags of words. Input and output are those of a BERT cross-encoder.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

N_SPECIAL = 5
KERNELS = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]
TERM_FEATURES = 10 + len(KERNELS)
PAIR_FEATURES = 8
HIDDEN = 32


class Reranker(nn.Module):
    def __init__(self, vocab, dim, bf16=True):
        super().__init__()
        self.cfg = dict(vocab=vocab, dim=dim)
        self.bf16 = bf16
        self.table = nn.Embedding(vocab, dim)
        self.register_buffer("stem", torch.arange(vocab, dtype=torch.int32))
        self.idf = nn.Embedding(vocab, 1)  # log of the term weight
        # BM25's own parameters: k1 = 1.2 exp(k1), b = sigmoid(b), average length exp(avg)
        self.k1 = nn.Parameter(torch.tensor(0.0))
        self.b = nn.Parameter(torch.tensor(1.0))
        self.avg = nn.Parameter(torch.tensor(math.log(90.0)))
        self.register_buffer("mu", torch.tensor(KERNELS))
        self.sig = nn.Parameter(torch.full((len(KERNELS),), math.log(0.07)))
        # Each a linear skip and a small network, both starting at 0, so that training starts from BM25
        self.term_linear = nn.Linear(TERM_FEATURES, 1)
        self.term_hidden, self.term_out = nn.Linear(TERM_FEATURES, HIDDEN), nn.Linear(HIDDEN, 1)
        self.pair_linear = nn.Linear(PAIR_FEATURES, 1)
        self.pair_hidden, self.pair_out = nn.Linear(PAIR_FEATURES, HIDDEN), nn.Linear(HIDDEN, 1)
        for m in (self.term_linear, self.term_out, self.pair_linear, self.pair_out):
            nn.init.zeros_(m.weight)
            nn.init.zeros_(m.bias)
        self.bm25_weight = nn.Parameter(torch.tensor(1.0))

    def kernels(self, M, mask):
        """M (B,Q,L) cosines -> log kernel counts (B,Q,K); one kernel at a time keeps memory low."""
        s = torch.exp(self.sig)
        count = lambda k: (torch.exp(-0.5 * ((M - self.mu[k]) / s[k]) ** 2) * mask).sum(-1)
        return torch.stack([torch.log1p(count(k)) for k in range(len(KERNELS))], -1)

    def cosines(self, e, nq):
        n = F.normalize(e, dim=-1)
        if self.bf16 and not torch.onnx.is_in_onnx_export() and n.device.type == "cpu":
            return (n[:, :nq].bfloat16() @ n.transpose(1, 2).bfloat16()).float()
        return n[:, :nq] @ n.transpose(1, 2)

    def forward(self, input_ids, attention_mask, token_type_ids):
        am, tt = attention_mask.float(), token_type_ids.float()
        real = (input_ids >= N_SPECIAL).float()
        nq = (am * (1 - tt)).sum(1).max().to(torch.int64)  # [CLS] query [SEP] comes first
        qm, pm = (am * (1 - tt) * real)[:, :nq], am * tt * real  # (B,Q), (B,L)
        e, stem = self.table(input_ids), self.stem[input_ids]
        eq = (stem[:, :nq, None] == stem[:, None, :]).float() * qm[:, :, None] * pm[:, None, :]  # exact stem match
        # term weights; a term that the query repeats counts once
        w = torch.exp(self.idf(input_ids[:, :nq])[..., 0]) * qm
        same = (stem[:, :nq, None] == stem[:, None, :nq]).float() * qm[:, :, None] * qm[:, None, :]
        w = w / same.sum(-1).clamp(min=1)
        M = self.cosines(e, nq)
        soft = pm[:, None, :] * qm[:, :, None] * (1 - eq)

        tf, dl = eq.sum(-1), pm.sum(1, keepdim=True)
        k1, b = 1.2 * torch.exp(self.k1), torch.sigmoid(self.b)
        bm = tf * (k1 + 1) / (tf + k1 * (1 - b + b * dl / torch.exp(self.avg)))
        hit = (tf > 0).float()
        pos = (pm.cumsum(1) - 1).clamp(min=0)  # inside the passage, from 0
        early = (eq * torch.exp(-pos / 16.0)[:, None, :]).max(-1).values
        bigram = (eq * F.pad(eq[:, 1:, 1:], (0, 1, 0, 1))).sum(-1)  # followed by the query's next term
        bigram = bigram / (bigram + 1)
        window = F.max_pool1d(eq, 11, 1, 5)
        near = (eq * F.pad(window[:, 1:], (0, 0, 0, 1))).sum(-1)  # the next term within 5 tokens
        near = near / (near + 1)
        cover = (window * w[:, :, None]).sum(1) / w.sum(1).clamp(min=1e-6)[:, None]  # weight of terms around a token
        best = (eq * cover[:, None, :]).max(-1).values
        masked = M * soft + (soft - 1)
        softest = masked.max(-1).values.clamp(min=-0.2)
        top3 = masked.topk(3, -1).values.clamp(min=-0.2).mean(-1)
        single = [bm, hit, early, bigram, F.pad(bigram[:, :-1], (1, 0)), near, best, torch.log1p(tf), softest, top3]
        f = torch.cat([torch.stack(single, -1), self.kernels(M, soft)], -1)
        s = bm * self.bm25_weight + self.term_linear(f)[..., 0] + self.term_out(F.relu(self.term_hidden(f)))[..., 0]

        mean = lambda x: (w * x).sum(1, keepdim=True) / w.sum(1, keepdim=True).clamp(min=1e-6)
        S = mean(s)
        bag = lambda x, weight: F.normalize((x * weight[..., None]).sum(1), dim=-1)
        cosine = lambda qw, pw: (bag(e[:, :nq], qw) * bag(e, pw)).sum(-1, keepdim=True)
        weighted = cosine(w, torch.exp(self.idf(input_ids)[..., 0]) * pm)
        plain = cosine(qm, pm)  # the bi-encoder's own, but for tf
        length, terms = torch.log1p(dl) - 4.5, torch.log1p(qm.sum(1, keepdim=True)) - 2.0
        g = torch.cat([S, mean(bm), mean(hit), mean(torch.maximum(hit, softest)), weighted, plain, length, terms], 1)
        return 3.0 * S + self.pair_linear(g) + self.pair_out(F.relu(self.pair_hidden(g)))
