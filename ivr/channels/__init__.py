"""How residents reach us. A channel is its module and its line here."""

from flask import Blueprint

from ivr.channels import sms, voice

CHANNELS: tuple[Blueprint, ...] = (voice.voice, sms.sms)
