"""The carrier's log for its REST API: an entry looked up, one written down for an answer, or a page of them."""

from collections.abc import Iterable
from typing import TypeVar

from flask import request

from ivr.simulator.carrier import Carrier
from ivr.simulator.network import ledger
from ivr.simulator.rest import shapes
from ivr.simulator.rest.refusals import RefusalError
from ivr.simulator.rest.shapes import Json

E = TypeVar("E", bound=ledger.Entry)


class Book:
    """The carrier's log, looked up and written down for an answer."""

    def __init__(self, carrier: Carrier) -> None:
        self.carrier, self.ledger = carrier, carrier.ledger

    def shape(self, entry: ledger.Entry) -> Json:
        return shapes.of(entry, self.carrier.account_sid, self.carrier.api_url)

    def listed(self, kind: str, names: dict[str, str], dated: str) -> Json:
        return self.page(kind, shapes.chosen(self.ledger.listed(kind), request.args, names, dated))

    def page(self, kind: str, entries: Iterable[ledger.Entry]) -> Json:
        return shapes.page(kind, [self.shape(entry) for entry in entries], request.path, request.args)

    @staticmethod
    def find(shelf: dict[str, E], sid: str) -> E:
        if sid not in shelf:
            raise RefusalError(20404, 404)
        return shelf[sid]
