"""The list of channels by which residents reach us. A channel is its module and its line here."""

from flask import Blueprint

from ivr.channels import aggregator, alarms, outbound, sms, voice

CHANNELS: tuple[Blueprint, ...] = (voice.voice, outbound.calls, alarms.duty, sms.sms, aggregator.aggregator)
