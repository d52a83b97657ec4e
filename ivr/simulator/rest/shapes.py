"""Shapes of the answers of the REST API: one entry of its log, or a page of them, with the names and dates of the real
one."""

import datetime as dt
import operator
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from ivr.simulator.network import ledger
from ivr.simulator.network.fields import API, date, segments

Json = dict[str, Any]


def of(entry: ledger.Entry, account_sid: str, api_url: str) -> Json:
    match entry:
        case ledger.Message():
            kind, own = "Messages", _message(entry)
        case ledger.Call():
            kind, own = "Calls", _call(entry)
        case ledger.Recording():
            kind, own = "Recordings", _recording(entry)
        case ledger.Attachment():
            kind = f"Messages/{entry.message_sid}/Media"
            own = {"parent_sid": entry.message_sid, "content_type": entry.content_type}
        case _:
            raise TypeError(f"{type(entry).__name__} has no place in the API")
    path = f"/{API}/Accounts/{account_sid}/{kind}/{entry.sid}"
    if kind == "Recordings":
        own["media_url"] = api_url + path
    return {
        "sid": entry.sid,
        "account_sid": account_sid,
        "api_version": API,
        "date_created": date(entry.created),
        "date_updated": date(entry.updated),
        "price": None,
        "price_unit": "USD",
        "uri": f"{path}.json",
        "subresource_uris": {},
        **own,
    }


def _message(message: ledger.Message) -> Json:
    return {
        "from": message.from_,
        "to": message.to,
        "body": message.body,
        "status": message.status,
        "direction": message.direction,
        "num_segments": str(segments(message.body)),
        "num_media": str(len(message.attachments)),
        "messaging_service_sid": None,
        "error_code": message.error_code,
        "error_message": None,
        "date_sent": None if message.status == "queued" else date(message.updated),
    }


def _call(call: ledger.Call) -> Json:
    return {
        "parent_call_sid": call.parent or None,
        "from": call.from_,
        "from_formatted": call.from_,
        "to": call.to,
        "to_formatted": call.to,
        "status": call.status,
        "direction": call.direction,
        "start_time": date(call.created),
        "end_time": date(call.ended) if call.ended else None,
        "duration": str(call.duration) if call.ended else None,
        **dict.fromkeys(("answered_by", "forwarded_from", "caller_name", "trunk_sid", "group_sid", "phone_number_sid")),
        "queue_time": "0",
    }


def _recording(recording: ledger.Recording) -> Json:
    return {
        "call_sid": recording.call_sid,
        "conference_sid": None,
        "status": recording.status,
        "duration": str(recording.duration),
        "start_time": date(recording.created),
        "channels": 1,
        "source": "RecordVerb",
        "error_code": None,
        "encryption_details": None,
    }


def page(name: str, entries: list[Json], path: str, query: "MultiDict[str, str]") -> Json:
    """One page of a list. Any other top-level key would make the client fail."""
    size = min(max(query.get("PageSize", 50, int), 1), 1000)
    number = max(query.get("Page", 0, int), 0)
    start, kept = number * size, {key: value for key, value in query.items() if key not in ("Page", "PageSize")}

    def uri(to: int) -> str:
        return f"{path}?{urlencode({**kept, 'PageSize': size, 'Page': to})}"

    shown = entries[start : start + size]
    return {
        name: shown,
        "page": number,
        "page_size": size,
        "first_page_uri": uri(0),
        "next_page_uri": uri(number + 1) if start + size < len(entries) else None,
        "previous_page_uri": uri(number - 1) if number else None,
        "start": start,
        "end": start + max(len(shown) - 1, 0),
        "uri": uri(number),
    }


def chosen(entries: Iterable[Any], query: "MultiDict[str, str]", names: dict[str, str], dated: str) -> list[Any]:
    """Those that the query asks for: `names` maps a parameter to an attribute; `dated` may come with < or >."""
    found = list(entries)
    for parameter, attribute in names.items():
        if wanted := query.get(parameter):
            found = [one for one in found if getattr(one, attribute) == wanted]
    for sign, fits in (("<", operator.le), (">", operator.ge), ("", operator.eq)):
        if wanted := query.get(dated + sign):
            moment = dt.datetime.fromisoformat(wanted)
            whole_day = not sign or len(wanted) == 10  # "on that day" is how the real one reads an equal sign
            found = [
                one
                for one in found
                if fits(*((one.created.date(), moment.date()) if whole_day else (one.created, moment)))
            ]
    return found
