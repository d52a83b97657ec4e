"""The list of channels by which residents reach us. A channel is its module and its line here."""

from flask import Blueprint

from ivr.channels import aggregator, outbound, sms, voice

CHANNELS: tuple[Blueprint, ...] = (voice.voice, outbound.calls, sms.sms, aggregator.aggregator)
