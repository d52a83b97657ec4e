"""The paths and signed links that workers hand out and web pages and webhooks answer.

A signature proves that we made the link, or the form on a page behind one; a link to a recording or a photo also ends.
SECRET_KEY may be `new,old` while rotating.
"""

import secrets
from collections.abc import Callable
from uuid import UUID

from itsdangerous import BadData, Signer, URLSafeSerializer, URLSafeTimedSerializer

from config.settings import settings

RECORDING_DAYS = PHOTO_DAYS = 14
# Stands behind the address of a callback, unsigned: without it the carrier does not ask again after a 503.
TOLD_AGAIN = "#rc=5&rp=all"


def tracking(code: str) -> str:
    """The address where a resident follows a ticket."""
    return settings().tracking_url + code


def recording(recording_id: UUID) -> str:
    """Where the department listens to a recording for RECORDING_DAYS days."""
    return f"{settings().public_url}/recordings/{_timed('recording').dumps(recording_id.hex)}"


def read_recording(token: str) -> UUID | None:
    """The recording that a link still opens, or None."""
    return _uuid(lambda: _timed("recording").loads(token, max_age=RECORDING_DAYS * 24 * 3600))


def photo(photo_id: UUID) -> str:
    """Where the department sees a photo for PHOTO_DAYS days."""
    return f"{settings().public_url}/photos/{_timed('photo').dumps(photo_id.hex)}"


def read_photo(token: str) -> UUID | None:
    """The photo that a link still opens, or None."""
    return _uuid(lambda: _timed("photo").loads(token, max_age=PHOTO_DAYS * 24 * 3600))


def message_status(message_id: UUID) -> str:
    """Where the carrier reports what became of a text. The signed id alone proves which text it was."""
    return f"{settings().public_url}/sms/status?ref={_lasting('message').dumps(message_id.hex)}"


def read_message(token: str) -> UUID | None:
    """The message that a status callback is about, or None when the reference is not ours."""
    return _uuid(lambda: _lasting("message").loads(token))


def told(message_id: UUID) -> str:
    """What the carrier asks for once a resident whom we telephone takes the call; the signed id says what to tell."""
    return f"{settings().public_url}/voice/told/{_lasting('told').dumps(message_id.hex)}"


def read_told(token: str) -> UUID | None:
    """The message that a telephone call of ours is to tell, or None."""
    return _uuid(lambda: _lasting("told").loads(token))


def alarm(ticket_id: UUID) -> str:
    """What the carrier asks for once somebody of the duty team takes the call about this report."""
    return f"{settings().public_url}/voice/alarm/{_lasting('alarm').dumps(ticket_id.hex)}"


def read_alarm(token: str) -> UUID | None:
    """The report that an alarm call is about, or None."""
    return _uuid(lambda: _lasting("alarm").loads(token))


def form_key(code: str, form: str) -> str:
    """A new key of this form of the page behind this code: with it the form does its work, once."""
    return _signer(code, form).sign(secrets.token_urlsafe(9)).decode()


def is_form_key(key: str, code: str, form: str) -> bool:
    """Whether we gave this key to this form of this page."""
    return _signer(code, form).validate(key)


def _signer(code: str, form: str) -> Signer:
    return Signer(_keys(), salt=f"hotline.form.{form}.{code}")


def _uuid(read: Callable[[], object]) -> UUID | None:
    try:
        return UUID(hex=str(read()))
    except (BadData, ValueError):
        return None


def _keys() -> list[str]:
    """Oldest first, as itsdangerous wants them: the last one signs."""
    return [key.strip() for key in reversed(settings().secret_key.split(",")) if key.strip()]


def _timed(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_keys(), salt=f"hotline.{purpose}")


def _lasting(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(_keys(), salt=f"hotline.{purpose}")
