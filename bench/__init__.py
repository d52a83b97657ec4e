"""Measures how fast the hotline is, next to a floor app on the same servers. `make bench` runs it; docs/performance.md
reads it.

Everything is started here, on loopback, and ended here. Never point it at a database that is in use.
"""
