"""A house of its own for a walk through the menu: a database in memory, a clock that stands still, and an ear for what
is said. The configured database is never touched, and nothing leaves this house. Only for a process that serves nobody.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from config import clock
from config.settings import settings_with
from config.stores import Base
from ivr.channels import twiml
from ivr.conversations import CONVERSATIONS
from ivr.prompts import Prompt
from ivr.talk import Conversation, Talk
from ticketing.rules import references


class House:
    """A database in memory. What it holds is bytes that can be kept and put back."""

    def __init__(self) -> None:
        self._engine = create_engine("sqlite://", poolclass=StaticPool)
        event.listen(self._engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
        event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
        Base.metadata.create_all(self._engine)
        raw = self._engine.raw_connection().driver_connection
        assert raw is not None
        self._raw: Any = raw
        self.empty: bytes = self._raw.serialize()

    @contextmanager
    def at(self, kept: bytes) -> Iterator[Session]:
        """The database as it was. What is done to it is forgotten unless it is kept."""
        self._raw.deserialize(kept)
        with Session(self._engine) as session:
            yield session

    def kept(self, session: Session) -> bytes:
        session.commit()
        found: bytes = self._raw.serialize()
        return found


class Ear:
    """Hears every prompt, of which the channel gives away only a document; and which conversation just stops, so that
    the engine says a goodbye that nobody wrote. `prompt` is that of the newest turn, `stopped` the conversation that
    came to its last line in it without a goodbye."""

    def __init__(self) -> None:
        self.prompt = Prompt((), None, "", "")
        self.stopped = ""
        self.conversations = {name: self._followed(name, conversation) for name, conversation in CONVERSATIONS.items()}

    def render(self, prompt: Prompt, next_turn: int, call_sid: str) -> str:
        self.prompt = prompt
        return twiml.render(prompt, next_turn, call_sid)

    def _followed(self, name: str, conversation: Conversation) -> Conversation:
        def run(talk: Talk) -> None:
            self.stopped = ""
            conversation(talk)
            self.stopped = name

        return run


@contextmanager
def standing(moment: datetime, machine: Mapping[str, str]) -> Iterator[None]:
    """It is this moment, and stays so; on a machine with these settings. Tickets are numbered one after the other, so
    that each walk finds what the one before found."""
    with clock.frozen(moment), references.in_sequence(), settings_with(machine):
        yield
