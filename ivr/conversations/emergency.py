"""Life in danger: the number to dial, twice, and nothing else. We never dial 112 for the caller,
and record nothing."""

from ivr.talk import Talk


def emergency(talk: Talk) -> None:
    talk.goal_met()
    talk.finish("emergency")
