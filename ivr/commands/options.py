"""Options that several commands have in common."""

import click

by = click.option("--by", required=True, help="Who does it; written into the history.")
as_json = click.option("--json", "as_json", is_flag=True, help="JSON instead of a table.")
