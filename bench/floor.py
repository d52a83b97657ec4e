"""The floor: what this server does when there is next to nothing to do. It validates the signature, asks the database
once, writes one row and commits, and answers TwiML of the size of our first turn, built by the carrier's library."""

import json
import os
import uuid
from pathlib import Path

from flask import Flask, Response, abort, request
from sqlalchemy import Column, DateTime, MetaData, String, Table, Uuid, create_engine, func, insert, select
from twilio.request_validator import RequestValidator
from twilio.twiml.voice_response import Gather, VoiceResponse

from config.settings import settings

app = Flask("floor")
engine = create_engine(settings().database_url, pool_size=8, max_overflow=8, pool_timeout=2)  # as config/stores.py
calls = Table(
    "floor_calls",
    MetaData(),
    Column("id", Uuid, primary_key=True),
    Column("sid", String(64), unique=True),
    Column("at", DateTime(timezone=True), server_default=func.now()),
)
calls.metadata.create_all(engine)
engine.dispose()  # before the fork
SAYS = json.loads(Path(os.environ["FLOOR_SAYS"]).read_text())  # [voice, language, words] as our first turn says them


@app.post("/voice/incoming")
def incoming() -> Response:
    signature = request.headers.get("X-Twilio-Signature", "")
    url = settings().public_url + request.full_path.rstrip("?")
    if not RequestValidator(settings().auth_tokens[0]).validate(url, request.form, signature):
        abort(403)
    with engine.begin() as connection:
        connection.execute(select(calls.c.id).where(calls.c.sid == request.form["CallSid"])).first()
        connection.execute(insert(calls).values(id=uuid.uuid4(), sid=request.form["CallSid"]))
    response = VoiceResponse()
    gather = Gather(input="dtmf", action="/voice/turn/1", method="POST", timeout=8, num_digits=1, finish_on_key="")
    for voice, language, words in SAYS:
        gather.say(words, voice=voice, language=language)
    response.append(gather)
    response.redirect("/voice/turn/1", method="POST")
    return Response(str(response), mimetype="text/xml")
