"""A lower-casing WordPiece vocabulary of mostly whole words, written as a Hugging Face tokenizer.

python train_tokenizer.py --pairs 'DIR/pairs-*.jsonl.gz' --out DIR
"""

import argparse
import glob
import json
import os
import re
import string
from collections import Counter

from beir import jsonl
from stem import TOKEN, fold

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


def counted(pattern, cap):
    """Words and characters by the number of texts they are in; a source counts with `cap` texts at most."""
    words, chars, texts = Counter(), Counter(), Counter()
    for path in sorted(glob.glob(pattern)):
        for r in jsonl(path):
            texts[r["src"]] += 1
            if texts[r["src"]] <= cap:
                text = fold(r["q"] + " " + r["p"])
                words.update(set(TOKEN.findall(text)))
                chars.update(set(text))
    return words, chars


def is_word(w):
    """No long numbers, no hexadecimal ids, nothing outside of ASCII."""
    if w.isdigit():
        return len(w) <= 4
    return 2 <= len(w) <= 24 and w.isascii() and not re.fullmatch(r"[0-9a-f]*[0-9][0-9a-f]*", w)


def continuations(words, whole, n):
    """Pieces of what greedy longest match leaves over in words outside of the vocabulary."""
    left = Counter()
    for w, k in words.most_common(600000):
        if w in whole or not w.isascii() or len(w) > 30 or k < 2:
            continue
        for end in range(min(len(w) - 1, 20), 0, -1):
            if w[:end] in whole or end == 1:
                rest = w[end:]
                left[rest] += k
                for size in (2, 3, 4):
                    if len(rest) > size:
                        left[rest[:size]] += k * 0.25
                        left[rest[-size:]] += k * 0.25
                break
    good = lambda r: 2 <= len(r) <= 12 and not (r.isdigit() and len(r) > 3)
    return ["##" + r for r, _ in left.most_common(n * 2) if good(r)][:n]


def vocabulary(words, chars, size, n_pieces):
    alnum = string.ascii_lowercase + string.digits
    punctuation = [c for c in string.printable if c in string.punctuation]
    frequent = [c for c, k in chars.most_common(3000) if not c.isascii() and not c.isspace() and k >= 20][:600]
    base = SPECIAL + punctuation + list(alnum) + ["##" + c for c in alnum]
    base += frequent + ["##" + c for c in frequent if c.isalnum()]
    n_words = size - len(base) - n_pieces
    whole = [w for w, _ in words.most_common(n_words * 3) if is_word(w) and len(w) >= 2][:n_words]
    vocab = list(dict.fromkeys(base + whole))
    vocab += continuations(words, set(vocab[len(base) :]), n_pieces)
    known = set(vocab)
    more = [w for w, _ in words.most_common(n_words * 4) if is_word(w) and w not in known]
    return vocab + more[: size - len(vocab)]


def write_folder(vocab, folder):
    ids = {t: i for i, t in enumerate(vocab)}
    special = lambda t, segment: {"SpecialToken": {"id": t, "type_id": segment}}
    text = lambda t, segment: {"Sequence": {"id": t, "type_id": segment}}
    single = [special("[CLS]", 0), text("A", 0), special("[SEP]", 0)]
    flags = dict(single_word=False, lstrip=False, rstrip=False, normalized=False, special=True)
    names = dict(unk_token="[UNK]", sep_token="[SEP]", pad_token="[PAD]", cls_token="[CLS]", mask_token="[MASK]")
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": ids[t], "content": t, **flags} for t in SPECIAL],
        "normalizer": {
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": True,
            "lowercase": True,
        },
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": single,
            "pair": single + [text("B", 1), special("[SEP]", 1)],
            "special_tokens": {t: {"id": t, "ids": [ids[t]], "tokens": [t]} for t in ("[CLS]", "[SEP]")},
        },
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": True},
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
            "vocab": ids,
        },
    }
    config = {
        "tokenizer_class": "BertTokenizer",
        "do_lower_case": True,
        "strip_accents": True,
        "tokenize_chinese_chars": True,
        "model_max_length": 512,
        **names,
        "clean_up_tokenization_spaces": True,
    }
    os.makedirs(folder, exist_ok=True)
    for name, content, indent in (
        ("tokenizer.json", tokenizer, None),
        ("tokenizer_config.json", config, 2),
        ("special_tokens_map.json", names, 2),
    ):
        with open(os.path.join(folder, name), "w") as f:
            json.dump(content, f, ensure_ascii=False, indent=indent)


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--pairs", required=True)
    ap.add_argument("--out", required=True)
    ap.add_argument("--size", type=int, default=48000)
    ap.add_argument("--pieces", type=int, default=6000)
    ap.add_argument("--src-cap", type=int, default=20000, help="texts counted per source")
    a = ap.parse_args()
    words, chars = counted(a.pairs, a.src_cap)
    vocab = vocabulary(words, chars, a.size, a.pieces)
    assert len(set(vocab)) == len(vocab)
    write_folder(vocab, a.out)
    covered = sum(words[w] for w in vocab) / sum(words.values())
    print("vocabulary %d, running words covered %.4f" % (len(vocab), covered))


if __name__ == "__main__":
    main()
