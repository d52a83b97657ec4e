"""People who ask where a report stands: reports, telephones and dates from which the stories of status calls start."""

from factories import ANI, wib
from people import House, Resident

BUDI, LANDLINE, HIDDEN = "+6281299990000", "+622188950001", "anonymous"
FRIDAY, MONDAY = wib("2026-11-20 09:00"), wib("2026-11-23 10:00")


def asks(house: House, number: str = ANI) -> Resident:
    return Resident(house, number).dials().presses("3")
