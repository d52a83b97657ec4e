"""make model: learns the reader of texts from corpus/hands and writes ivr/understanding/model.npz.

Each head (intent, danger, category, kind) is a logistic regression over the grams of a text. Its confidence is
calibrated by one temperature, found on hands that the regression has not seen. The same rows give the same file.
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
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.preprocessing import normalize

from corpus import rows
from corpus.rows import Row
from ivr.understanding import grams
from ivr.understanding.model import FILE, HEADS, NONE

VERSION = "1"
SEEN = 3  # texts that have a gram, or it is left out
STRENGTH = {"intent": 60.0, "danger": 60.0, "category": 60.0, "kind": 60.0}  # 1 / regularisation
FOLDS = 3  # of hands, for the temperature
STEPS, CLOSE = 80, 1e-3
OF_KIND = ("noise", "cancel_callback")
OF_A_MATTER = ("report", "other_city", "emergency")  # these have a category, noted or not


def main() -> None:
    learned_from = rows.training()
    cut = [grams.of(row.text, row.open) for row in learned_from]
    counts = Counter(gram for found in cut for gram in found)
    known = {gram: at for at, gram in enumerate(sorted(gram for gram, count in counts.items() if count >= SEEN))}
    rarity = np.array([np.log(len(cut) / counts[gram]) + 1 for gram in known], np.float32)
    x = matrix(cut, known, rarity)
    heads = Parallel(n_jobs=-1)(delayed(learned)(head, x, learned_from) for head in HEADS)
    weights = np.concatenate([head[1] for head in heads]).T  # a row for each gram
    scale = np.abs(weights).max(axis=0) / 127
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
    return row.intent if head == "intent" else row.danger


def learned(head: str, x: Any, learned_from: Sequence[Row]) -> tuple[list[str], Any, Any]:
    """The labels of a head, its weights (a row for each label) and biases, calibrated."""
    mine = [at for at, row in enumerate(learned_from) if target(head, row) is not None]
    x, hands = x[mine], [learned_from[at].hand for at in mine]
    y = np.array([target(head, learned_from[at]) for at in mine])
    regression = regressed(head, x, y)
    sharp = temperature(unseen(head, x, y, hands, list(regression.classes_)), y, regression.classes_)
    return list(regression.classes_), regression.coef_ / sharp, regression.intercept_ / sharp


def regressed(head: str, x: Any, y: Any) -> LogisticRegression:
    return LogisticRegression(C=STRENGTH[head], max_iter=STEPS, tol=CLOSE).fit(x, y)


def unseen(head: str, x: Any, y: Any, hands: Sequence[str], labels: list[str]) -> Any:
    """The scores of each row by a regression that saw no row of its hand."""
    scores = np.full((len(y), len(labels)), -20.0)
    for train, held in GroupKFold(FOLDS).split(x, y, hands):
        found = regressed(head, x[train], y[train])
        scores[np.ix_(held, [labels.index(label) for label in found.classes_])] = found.decision_function(x[held])
    return scores


def temperature(scores: Any, y: Any, labels: Any) -> float:
    """By how much scores must shrink for confidence to be the share of right answers (Guo et al., 2017)."""
    right = np.searchsorted(labels, y)

    def surprise(sharp: float) -> float:
        scaled = scores / sharp
        scaled -= scaled.max(axis=1, keepdims=True)
        logs = scaled[np.arange(len(y)), right] - np.log(np.exp(scaled).sum(axis=1))
        return float(-logs.mean())

    return float(minimize_scalar(surprise, bounds=(0.2, 5.0), method="bounded").x)


if __name__ == "__main__":
    main()
