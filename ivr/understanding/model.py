"""The learned reader of texts: how likely each intent, each degree of danger, each category and each kind is. One
linear model over the grams of a text, learned from corpus/ (`make model`) and kept as plain numbers in model.npz:
nothing in it can run. Loaded once, before the web processes fork.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from config.hotline import city
from ivr.understanding import grams

FILE = Path(__file__).with_name("model.npz")
HEADS = ("intent", "danger", "peril", "category", "kind", "where")
WITHIN = "|"  # between a label and the part of it that was learned for itself: "report|banjir"
NONE = ""  # the category of what has none


class ModelError(ValueError):
    """The model does not fit this release or this city; the sentence says why."""


@dataclass(frozen=True)
class Guess:
    """What one head of the model says: its labels and how likely each is, the likeliest first."""

    labels: tuple[str, ...]
    likely: tuple[float, ...]

    def of(self, label: str) -> float:
        """How likely this label is; 0.0 of one the model does not know."""
        return self.likely[self.labels.index(label)] if label in self.labels else 0.0


def guess(text: str, context: str = "none") -> dict[str, Guess]:
    """What each head says of `text` where `context` is open."""
    model = load()
    known = [row for gram in grams.of(text, context) if (row := model.rows.get(gram)) is not None]
    rare = model.rarity[known]
    length = float(np.sqrt((rare**2).sum())) or 1.0
    scores = (rare / length) @ model.weights[known] * model.scale + model.bias
    return {head: _likely(scores[part], model.labels[head]) for head, part in model.parts.items()}


def _likely(scores: Any, labels: tuple[str, ...]) -> Guess:
    """A label is as likely as its parts together."""
    powers = np.exp(scores - scores.max())
    shares: dict[str, float] = {}
    for label, share in zip(labels, (powers / powers.sum()).tolist(), strict=True):
        whole = label.partition(WITHIN)[0]
        shares[whole] = shares.get(whole, 0.0) + share
    order = sorted(shares, key=lambda label: -shares[label])
    return Guess(tuple(order), tuple(shares[label] for label in order))


@dataclass(frozen=True)
class _Model:
    rows: dict[str, int]  # of a gram in the weights
    rarity: Any  # float32, how much a gram counts: the rarer it is, the more
    weights: Any  # int8, a row for each gram and a column for each label of every head
    scale: Any  # float32, a column's unit, with the temperature of its head
    bias: Any
    labels: dict[str, tuple[str, ...]]
    parts: dict[str, slice]
    version: str
    corpus: str  # hash of the rows it was learned from


@cache
def load() -> _Model:
    """The model of this release. Raises ModelError when it names a category that the city does not have."""
    with np.load(FILE, allow_pickle=False) as file:
        about = json.loads(file["about"].tobytes())
        texts = file["grams"].tobytes().decode().split("\n")
        rarity, weights, scale, bias = file["rarity"], file["weights"], file["scale"], file["bias"]
    labels = {head: tuple(about["labels"][head]) for head in HEADS}
    if unknown := set(labels["category"]) - set(city().categories) - {NONE}:
        raise ModelError(f"model.npz names categories that the city does not have: {', '.join(sorted(unknown))}")
    parts, begin = {}, 0
    for head in HEADS:
        parts[head] = slice(begin, begin + len(labels[head]))
        begin += len(labels[head])
    rows = {text: at for at, text in enumerate(texts)}
    return _Model(rows, rarity, weights, scale, bias, labels, parts, about["version"], about["corpus"])
