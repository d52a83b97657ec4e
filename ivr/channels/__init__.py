"""How residents reach us. A channel is its module and its line here."""

from flask import Blueprint

from ivr.channels import aggregator, sms, told, voice

CHANNELS: tuple[Blueprint, ...] = (voice.voice, told.told, sms.sms, aggregator.aggregator)
