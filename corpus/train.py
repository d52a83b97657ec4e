"""make model: learns the reader of texts from corpus/hands and writes ivr/understanding/model.npz.

Each head (intent, danger, peril, category, kind, where) is a linear support vector machine over the grams of a text.
Its confidence is calibrated by one temperature, found on hands that the machine has not seen. The same rows give the
same file.

What has nothing in common but its name is learned part by part (reports by their category, noise by its kind) and added
up when a text is read.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from corpus import rows
from corpus.rows import Row
from ivr.understanding import grams
from ivr.understanding.model import FILE, HEADS, NONE, WITHIN

VERSION = "1"
SEEN = 2  # texts that have a gram, or it is left out
STRENGTH = 2.0  # 1 / regularisation
FOLDS = 2  # of hands, for the temperature
Fit = tuple[list[str], Any, Any]
OF_KIND = ("noise", "cancel_callback", "rating")
OF_A_MATTER = ("report", "other_city", "emergency")  # these have a category, noted or not


def main() -> None:
    learned_from = rows.training()
    cut = [grams.of(row.text, row.open) for row in learned_from]
    counts = Counter(gram for found in cut for gram in found)
    known = {gram: at for at, gram in enumerate(sorted(gram for gram, count in counts.items() if count >= SEEN))}
    rarity = np.array([np.log(len(cut) / counts[gram]) + 1 for gram in known], np.float32)
    x = matrix(cut, known, rarity)
    heads = [learned(head, x, learned_from) for head in HEADS]
    weights = np.concatenate([head[1] for head in heads]).T  # a row for each gram
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127
    labels = {head: found[0] for head, found in zip(HEADS, heads, strict=True)}
    about = {"version": VERSION, "corpus": rows.fingerprint(), "labels": labels}
    np.savez_compressed(
        FILE,
        grams=np.frombuffer("\n".join(known).encode(), dtype=np.uint8),
        rarity=rarity,
        weights=np.rint(weights / scale).astype(np.int8),
        scale=scale.astype(np.float32),
        bias=np.concatenate([head[2] for head in heads]).astype(np.float32),
        about=np.frombuffer(json.dumps(about, sort_keys=True).encode(), dtype=np.uint8),
    )
    sys.stdout.write(f"{len(learned_from)} rows, {len(known)} grams, {FILE.stat().st_size / 1e6:.1f} MB\n")


def matrix(cut: Sequence[set[str]], known: dict[str, int], rarity: Any) -> Any:
    """A row for each text, of length one, with the grams that are known, the rare ones larger."""
    begins, columns = [0], []
    for found in cut:
        columns += sorted(known[gram] for gram in found if gram in known)
        begins.append(len(columns))
    return normalize(csr_matrix((rarity[columns], columns, begins), shape=(len(cut), len(known))))


def target(head: str, row: Row) -> str | None:
    """What this head is to say of a row; None when the row says nothing to it."""
    if head == "kind":
        return row.kind if row.intent in OF_KIND and row.kind else None
    if head == "category":
        return row.category or (None if row.intent in OF_A_MATTER else NONE)
    if head == "where":
        return "yes" if row.place else "no"
    if head == "danger":
        return row.danger
    if head == "peril":
        return row.peril or None
    part = row.kind if row.intent in OF_KIND else row.category if row.intent == "report" else ""
    return f"{row.intent}{WITHIN}{part}" if part else row.intent


def learned(head: str, x: Any, learned_from: Sequence[Row]) -> Fit:
    """The labels of a head, its weights (a row for each label) and biases, calibrated."""
    mine = [at for at, row in enumerate(learned_from) if target(head, row) is not None]
    x, hands = x[mine], [learned_from[at].hand for at in mine]
    y = np.array([target(head, learned_from[at]) for at in mine])
    parts = [(np.arange(len(y)), None), *GroupKFold(FOLDS).split(x, y, hands)]
    fits = Parallel(n_jobs=-1)(delayed(regressed)(x[train], y[train]) for train, _ in parts)
    labels, weights, bias = fits[0]
    sharp = temperature(unseen(x, fits[1:], parts[1:], labels), y, labels)
    return labels, weights / sharp, bias / sharp


def regressed(x: Any, y: Any) -> Fit:
    """Labels, weights and biases; of two labels the first is what weighs nothing."""
    found = LinearSVC(C=STRENGTH, random_state=0).fit(x, y)
    weights, bias = found.coef_, found.intercept_
    if len(found.classes_) == 2:
        weights, bias = np.vstack([np.zeros_like(weights), weights]), np.concatenate([[0.0], bias])
    return list(found.classes_), weights, bias


def unseen(x: Any, fits: Sequence[Fit], parts: Sequence[tuple[Any, Any]], labels: list[str]) -> Any:
    """The scores of each row by the machine that saw no row of its hand."""
    scores = np.full((x.shape[0], len(labels)), -20.0)
    for (known, weights, bias), (_, held) in zip(fits, parts, strict=True):
        scores[np.ix_(held, [labels.index(label) for label in known])] = x[held] @ weights.T + bias
    return scores


def temperature(scores: Any, y: Any, labels: Sequence[str]) -> float:
    """By how much scores must shrink for confidence to be the share of right answers (Guo et al., 2017)."""
    wholes = np.array([label.partition(WITHIN)[0] for label in labels])
    right = np.array([wholes == label.partition(WITHIN)[0] for label in y])

    def surprise(sharp: float) -> float:
        powers = np.exp((scores - scores.max(axis=1, keepdims=True)) / sharp)
        return float(-np.log((powers * right).sum(axis=1) / powers.sum(axis=1)).mean())

    return float(minimize_scalar(surprise, bounds=(0.02, 5.0), method="bounded").x)


if __name__ == "__main__":
    main()
