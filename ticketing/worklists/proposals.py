"""Proposals of residents as operators list them, with how many stand behind each."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config import clock
from ticketing.contacts import followers
from ticketing.models import Ticket
from ticketing.tickets import proposals
from ticketing.tickets.news import PROPOSAL
from ticketing.worklists import tickets


def listed(session: Session) -> list[dict[str, Any]]:
    """Every proposal with its title and how many residents stand behind it, most supported first."""
    query = select(Ticket).where(Ticket.category == PROPOSAL).order_by(Ticket.created_at.desc()).limit(tickets.MOST)
    rows = [
        {
            "number": ticket.number,
            "status": ticket.state,
            "area": tickets.area_name(ticket.area),
            "title": proposals.public_words(session, ticket, "title"),
            "answer": proposals.public_words(session, ticket, "answer"),
            "voices": followers.voices(session, ticket),
            "due_at": clock.as_utc(ticket.due_at),
        }
        for ticket in session.scalars(query)
    ]
    return sorted(rows, key=lambda row: -int(str(row["voices"])))
