"""Uploads of residents: a form with photos, read piece by piece. What was typed comes first and is read first, so its
key is judged before a photo is read, and all photos are read and counted before one is decoded.

A few uploads at a time have room in a process; the others are told so at once, and keep what they typed.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge, RequestTimeout
from werkzeug.sansio.multipart import Data, Epilogue, Event, Field, File, MultipartDecoder, NeedData

MAX_PHOTOS, PHOTO_BYTES = 3, 8_000_000
TYPED_BYTES = 256_000
ALL_BYTES = MAX_PHOTOS * PHOTO_BYTES + TYPED_BYTES
SECONDS = 60  # in which all of it must have come, and no thread is held for longer
_PIECE, _PARTS = 65_536, 30
_places = BoundedSemaphore(3)  # half of the threads for pages, in ivr/reception.py


class Refused(Exception):
    """An upload that is not taken: the field to blame, the sentence, and the status of the answer."""

    def __init__(self, field: str, words: str, status: int = 422) -> None:
        super().__init__(words)
        self.field, self.words, self.status = field, words, status


@contextmanager
def room() -> Iterator[None]:
    """A place to read and decode photos. Raises Refused when all are taken."""
    if not _places.acquire(blocking=False):
        raise Refused("foto", "photo_busy", 503)
    try:
        yield
    finally:
        _places.release()


class Upload:
    """What is being sent with this request: what was typed at once, its photos when they are asked for."""

    def __init__(self) -> None:
        self.typed: dict[str, str] = {}
        self.photos_follow = False
        boundary = request.mimetype_params.get("boundary", "").encode("latin-1", "replace")
        if request.mimetype != "multipart/form-data" or not boundary:
            self.typed = request.form.to_dict()
            return
        self._until, self._bytes = time.monotonic() + SECONDS, 0
        request.max_content_length = max(ALL_BYTES, request.content_length or 0) + 1  # ours counts what came
        self._decoder = MultipartDecoder(boundary, TYPED_BYTES, max_parts=_PARTS)
        self._events = self._read()
        self._read_typed()

    def photos(self) -> list[bytes]:
        """The photos. Raises Refused where they are too many or too large."""
        if not self.photos_follow:
            return []
        if (request.content_length or 0) > ALL_BYTES:
            raise Refused("foto", "photo_large", 413)
        found, open_ = [bytearray()], True  # the first has begun
        for event in self._events:
            if isinstance(event, Field | File):
                open_ = isinstance(event, File) and bool(event.filename)
                if open_:
                    found.append(bytearray())
            elif isinstance(event, Data) and open_:
                found[-1] += event.data
            if len(found) > MAX_PHOTOS:
                raise Refused("foto", "photo_many")
            if len(found[-1]) > PHOTO_BYTES:
                raise Refused("foto", "photo_large")
        return [bytes(one) for one in found]

    def _read_typed(self) -> None:
        """Up to the first photo."""
        name, value = "", bytearray()
        for event in self._events:
            if isinstance(event, File) and event.filename:
                self.photos_follow = True
                return
            if isinstance(event, Field | File):
                name, value = event.name if isinstance(event, Field) else "", bytearray()
            elif isinstance(event, Data) and name:
                value += event.data
                if len(value) + sum(map(len, self.typed.values())) > TYPED_BYTES:
                    raise Refused("kata", "words_long", 413)
                if not event.more_data:
                    self.typed.setdefault(name, value.decode(errors="replace"))

    def _read(self) -> Iterator[Event]:
        """Its parts as they come; an end where it is no form any more."""
        try:
            while not isinstance(event := self._decoder.next_event(), Epilogue):
                if isinstance(event, NeedData):
                    self._decoder.receive_data(self._piece() or None)
                else:
                    yield event
        except ValueError:
            return
        except RequestEntityTooLarge as fault:  # a head without end, or parts without number
            raise Refused("kata", "words_long", 413) from fault

    def _piece(self) -> bytes:
        if time.monotonic() > self._until:
            raise RequestTimeout
        piece: bytes = request.stream.read(_PIECE)
        self._bytes += len(piece)
        if self._bytes > ALL_BYTES:
            raise Refused("foto", "photo_large", 413)
        return piece
