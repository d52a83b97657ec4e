"""Tells where a report stands: those of the caller's own number without typing, newest first, else one by its number;
then what can be done about it. How much is said is decided by ticketing/contacts/disclosure.py."""

from functools import partial
from typing import Any

from config import clock, spoken
from config.hotline import city
from ivr.conversations.parts import menus, wording
from ivr.conversations.parts.kept import keep
from ivr.prompts import Option
from ivr.talk import Talk
from ticketing.contacts import callers, disclosure
from ticketing.models import Ticket
from ticketing.rules import deadlines, lifecycle, references
from ticketing.tickets import moves, register, verdicts

MAX_REPEATS = 20
REPEAT, DETAILS, FIXED, UNFIXED, ANOTHER = "repeat", "details", "fixed", "unfixed", "another"
WITHDRAW, PROVE, MAIN = "withdraw", "prove", "main"
SCORES, NO_SCORE = [Option(str(score), str(score)) for score in range(1, 6)], "none"
# What may be done with one's own report, by how far it is, and with another's: the sentence, and its keys in order.
UNDER_WAY = ("status_menu", (REPEAT, DETAILS, UNFIXED, ANOTHER, WITHDRAW))
SAID_TO_BE_DONE = ("status_menu_resolved", (REPEAT, FIXED, UNFIXED, ANOTHER, DETAILS))
OVER = ("status_menu_over", (REPEAT, DETAILS, UNFIXED, ANOTHER))
OTHERS = {
    disclosure.FOLLOWED: ("status_menu_follow", (REPEAT, ANOTHER)),
    disclosure.PUBLIC: ("status_menu_public", (REPEAT, PROVE, ANOTHER)),
}


def status(talk: Talk) -> None:
    own = [] if talk.args.get("by_number") else talk.look("own", partial(_own, talk))
    for at, number in enumerate(own, 1):
        _hear(talk, number, f"{at}")
    if own:
        question = partial(menus.say, talk, "status_last")
        if talk.choose("last", question, [Option("1", "number"), Option("2", "report")]) == "report":
            talk.go("report")
    elif not talk.args.get("by_number"):
        talk.say("status_none")
    _hear(talk, menus.asked_number(talk, "status_number", register.find), "keyed")
    talk.go("status", by_number=True)


def facts(ticket: Ticket, level: str) -> dict[str, Any]:
    """What may be said about a ticket, as it is now; nothing in it is personal."""
    over = ticket.state in lifecycle.OVER
    passed = ticket.due_at <= clock.now()  # the new date is a minute away
    missed = None if over else ticket.late_at or (ticket.due_at if passed and ticket.paused_at is None else None)
    return {
        "number": ticket.number,
        "level": level,
        "category": ticket.category,
        "state": ticket.state,
        "department": disclosure.owner_told(ticket),
        "since": clock.local(ticket.created_at).date().isoformat(),
        "changed": clock.local(ticket.changed_at).date().isoformat(),
        "due": None if over or ticket.paused_at else deadlines.last_day(ticket.due_at).isoformat(),
        "missed": deadlines.last_day(missed).isoformat() if missed else None,
        "passed": passed,
        "over": over,
        "today": clock.local(clock.now()).date().isoformat(),
    }


def _hear(talk: Talk, number: str, at: str) -> None:
    """Tell about one ticket and do what the caller wants with it; comes back for another one."""
    level = str(talk.look(f"level {at}", partial(_level, talk, number)))
    for time in range(MAX_REPEATS):
        key = f"{at}.{time}"
        found = talk.look(f"facts {key}", partial(_facts, talk, number, level))
        tell(talk, found)
        talk.goal_met()
        talk.once(f"heard {key}", partial(_notice_repeats, talk, number, level))
        sentence, wishes = _menu(level, found)
        keys = [*(Option(str(digit), wish) for digit, wish in enumerate(wishes, 1)), Option("*", MAIN)]
        wish = talk.choose(f"wish {key}", partial(menus.say, talk, sentence), keys, silence="enough", patience=1)
        if wish == "enough":
            talk.goodbye()
        if wish == MAIN:
            talk.go("main", again=True)
        if wish == ANOTHER:
            return
        if wish == PROVE:
            level = disclosure.OWN if _proves(talk, number, key) else level
        elif wish != REPEAT:
            _ACTS[wish](talk, number, key)
    talk.goodbye()


def _menu(level: str, found: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    if level != disclosure.OWN:
        return OTHERS[level]
    return SAID_TO_BE_DONE if found["state"] == lifecycle.RESOLVED else OVER if found["over"] else UNDER_WAY


def tell(talk: Talk, found: dict[str, Any]) -> None:
    """S1 at the caller's level, with a date in every state."""
    category = city().category(found["category"]).spoken[talk.language]
    if found["level"] == disclosure.PUBLIC:
        status = city().text(talk.language, "words", f"state_{found['state']}")
        talk.say("status_public", category=category, status=status)
    else:
        id_ = "status_own" if found["level"] == disclosure.OWN else "status_follow"
        talk.say(id_, category=category, date=wording.day(talk, found["since"]), state=wording.state(talk, found))
    if found["due"] is None:
        talk.say("status_since", date=wording.day(talk, found["changed"]))
    elif found["missed"] is None:
        talk.say("status_due", date=wording.day(talk, found["due"]))
    elif found["passed"]:
        talk.say("status_late", date=wording.day(talk, found["missed"]))
    else:
        talk.say("status_late_new", day=wording.day(talk, found["missed"]), date=wording.day(talk, found["due"]))


def _proves(talk: Talk, number: str, key: str) -> bool:
    """The last digits of the reporter's telephone, twice at most, and only so often a day."""
    if not talk.look(f"reporter {key}", partial(_has_reporter, talk, number)):
        talk.say("not_possible")
        return False
    for attempt in (1, 2):
        if not talk.look(f"may try {key}.{attempt}", partial(_may_try, talk, number)):
            break
        digits = talk.digits(f"proof {key}.{attempt}", "proof" if attempt == 1 else "proof_again", most=4)
        if digits is None:
            return False
        if talk.once(f"proved {key}.{attempt}", partial(_proved, talk, number, digits)):
            return True
    talk.say("proof_spent")
    return False


def _add(talk: Talk, number: str, key: str) -> None:
    """More words for the department."""
    remark(talk, number, key, "record_remark")


def fixed(talk: Talk, number: str, key: str) -> None:
    """It is fixed: that ends it; how well it was done is asked once, and need not be answered."""
    if talk.once(f"confirmed {key}", partial(_confirmed, talk, number)):
        talk.say("news_closed")
        question = partial(menus.say, talk, "report_score")
        score = talk.choose(f"score {key}", question, SCORES, silence=NO_SCORE)
        if score != NO_SCORE:
            talk.once(f"rate {key}", partial(_rated, talk, number, int(score)))
            talk.say("rated")
    else:
        talk.say("not_possible")


def _fixed(talk: Talk, number: str, key: str) -> None:
    fixed(talk, number, key)
    menus.another(talk)


def unfixed(talk: Talk, number: str, key: str) -> None:
    """It is not fixed: what was over is open again or reported anew, what is under way gets priority; then the caller
    says why."""
    done = talk.once(f"object {key}", partial(_objected, talk, number))
    if done["number"] != number:
        first, second, third = (spoken.digits(talk.language, group) for group in references.threes(done["number"]))
        talk.say("reported_again", n1=first, n2=second, n3=third)
    elif done["date"]:
        talk.say(done["how"], date=wording.weekday(talk, done["date"]))
    else:
        talk.say("escalated_undated")
    remark(talk, done["number"], key, "record_unfixed")


def remark(talk: Talk, number: str, key: str, ask: str) -> None:
    details = {"remark": number}
    take = talk.record(f"remark {key}", ask, keep=details)
    take = take or talk.record(f"remark again {key}", "record_again", keep=details)
    if take is not None:
        talk.once(f"add {key}", partial(keep, talk.session, talk.call, details, take, talk.memory))
        if take.ended_by == "0":
            talk.go("person")
        department = talk.look(f"department {key}", lambda: disclosure.owner_told(register.find(talk.session, number)))
        talk.say("remark_saved", department=wording.department(talk, str(department)))
    menus.another(talk)


def _withdraw(talk: Talk, number: str, key: str) -> None:
    """The caller needs it no longer, and says so twice."""
    if talk.yes(f"withdraw {key}", partial(menus.say, talk, "withdraw")):
        done = talk.once(f"withdrawn {key}", partial(_withdrawn, talk, number))
        talk.say("withdrawn" if done else "not_possible")
        menus.another(talk)


_ACTS = {DETAILS: _add, FIXED: _fixed, UNFIXED: unfixed, WITHDRAW: _withdraw}


def _own(talk: Talk) -> list[str]:
    """Newest first; before them the one that was named to the caller a moment ago."""
    found = disclosure.listed(talk.session, talk.call)
    return sorted(found, key=lambda number: number != talk.args.get("first"))


def _level(talk: Talk, number: str) -> str:
    return disclosure.level(talk.session, talk.call, register.find(talk.session, number))


def _has_reporter(talk: Talk, number: str) -> bool:
    return register.find(talk.session, number).contact is not None


def _may_try(talk: Talk, number: str) -> bool:
    return disclosure.may_try(talk.session, register.find(talk.session, number))


def _facts(talk: Talk, number: str, level: str) -> dict[str, Any]:
    return facts(register.find(talk.session, number), level)


def _notice_repeats(talk: Talk, number: str, level: str) -> None:
    """A third call in a week raises the report it is about, once."""
    ticket = register.find(talk.session, number, change=True)
    calm = ticket.flagged_at is None and ticket.state not in lifecycle.OVER
    if level == disclosure.OWN and calm and callers.repeats(talk.session, talk.call):
        moves.urge(talk.session, ticket, by="caller", why={"repeat": "third call in seven days"})


def _proved(talk: Talk, number: str, digits: str) -> bool:
    return disclosure.proves(talk.session, register.find(talk.session, number), digits)


def _confirmed(talk: Talk, number: str) -> bool:
    ticket = register.find(talk.session, number, change=True)
    if ticket.state not in (lifecycle.RESOLVED, lifecycle.CONFIRMED):
        return False
    verdicts.confirm(talk.session, ticket, by="caller")
    return True


def _rated(talk: Talk, number: str, score: int) -> None:
    ticket = register.find(talk.session, number, change=True)
    verdicts.rated(talk.session, ticket, score=score, by="caller", channel="voice")


def _objected(talk: Talk, number: str) -> dict[str, str | None]:
    """What became of it, the number it has now, and the date there is; none while the resident is asked something or
    when it has passed."""
    ticket = register.find(talk.session, number, change=True)
    verdict = verdicts.not_fixed(talk.session, ticket, by="caller", channel="voice")
    if verdict.outcome == "again":
        return {"number": verdict.ticket.number}
    date = facts(ticket, disclosure.OWN)["due"] if ticket.due_at > clock.now() else None
    return {"number": number, "how": verdict.outcome, "date": date}


def _withdrawn(talk: Talk, number: str) -> bool:
    ticket = register.find(talk.session, number, change=True)
    if lifecycle.WITHDRAWN not in lifecycle.MOVES[ticket.state]:
        return False
    moves.move(talk.session, ticket, lifecycle.WITHDRAWN, by="caller")
    return True
