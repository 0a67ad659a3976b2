"""Words of a text: folding (lower case, no accents), stop words, Porter's stemmer of 1980."""

import re
import unicodedata

_V = "aeiou"


def _cons(w, i):
    c = w[i]
    if c in _V:
        return False
    if c == "y":
        return True if i == 0 else not _cons(w, i - 1)
    return True


def _m(w):
    n = 0
    prev_v = False
    for i in range(len(w)):
        c = _cons(w, i)
        if c and prev_v:
            n += 1
        prev_v = not c
    return n


def _has_v(w):
    return any(not _cons(w, i) for i in range(len(w)))


def _dbl(w):
    return len(w) > 1 and w[-1] == w[-2] and _cons(w, len(w) - 1)


def _cvc(w):
    i = len(w) - 1
    return i >= 2 and _cons(w, i) and not _cons(w, i - 1) and _cons(w, i - 2) and w[i] not in "wxy"


_S2 = [
    ("ational", "ate"),
    ("tional", "tion"),
    ("enci", "ence"),
    ("anci", "ance"),
    ("izer", "ize"),
    ("bli", "ble"),
    ("alli", "al"),
    ("entli", "ent"),
    ("eli", "e"),
    ("ousli", "ous"),
    ("ization", "ize"),
    ("ation", "ate"),
    ("ator", "ate"),
    ("alism", "al"),
    ("iveness", "ive"),
    ("fulness", "ful"),
    ("ousness", "ous"),
    ("aliti", "al"),
    ("iviti", "ive"),
    ("biliti", "ble"),
    ("logi", "log"),
]
_S3 = [("icate", "ic"), ("ative", ""), ("alize", "al"), ("iciti", "ic"), ("ical", "ic"), ("ful", ""), ("ness", "")]
_S4 = [
    "al",
    "ance",
    "ence",
    "er",
    "ic",
    "able",
    "ible",
    "ant",
    "ement",
    "ment",
    "ent",
    "ion",
    "ou",
    "ism",
    "ate",
    "iti",
    "ous",
    "ive",
    "ize",
]
_S2.sort(key=lambda x: -len(x[0]))
_S3.sort(key=lambda x: -len(x[0]))
_S4.sort(key=lambda x: -len(x))


def porter(w):
    """Porter (1980) stemmer for one lower-case word."""
    if len(w) <= 2 or not w.isalpha() or not w.isascii():
        return w
    if w.endswith("sses") or w.endswith("ies"):
        w = w[:-2]
    elif w.endswith("s") and not w.endswith("ss"):
        w = w[:-1]
    if w.endswith("eed"):
        if _m(w[:-3]) > 0:
            w = w[:-1]
    else:
        s = None
        if w.endswith("ed") and _has_v(w[:-2]):
            s = w[:-2]
        elif w.endswith("ing") and _has_v(w[:-3]):
            s = w[:-3]
        if s is not None:
            w = s
            if w.endswith(("at", "bl", "iz")):
                w += "e"
            elif _dbl(w) and w[-1] not in "lsz":
                w = w[:-1]
            elif _m(w) == 1 and _cvc(w):
                w += "e"
    if w.endswith("y") and _has_v(w[:-1]):
        w = w[:-1] + "i"
    for a, b in _S2:
        if w.endswith(a):
            if _m(w[: -len(a)]) > 0:
                w = w[: -len(a)] + b
            break
    for a, b in _S3:
        if w.endswith(a):
            if _m(w[: -len(a)]) > 0:
                w = w[: -len(a)] + b
            break
    for a in _S4:
        if w.endswith(a):
            st = w[: -len(a)]
            if _m(st) > 1 and (a != "ion" or (st and st[-1] in "st")):
                w = st
            break
    if w.endswith("e"):
        st = w[:-1]
        if _m(st) > 1 or (_m(st) == 1 and not _cvc(st)):
            w = st
    if w.endswith("ll") and _m(w) > 1:
        w = w[:-1]
    return w


STOP = set(
    """a an and are as at be but by for from has have he her his i if in into is it its of on or our
she such that the their them then there these they this to was we were what when where which who will with
you your not no do does did how can could should would may might must been being am me my than so also
about over under up down out off only very s t just don""".split()
)

TOKEN = re.compile(r"[^\W_]+")


def fold(text):
    text = text.lower()
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    return text
