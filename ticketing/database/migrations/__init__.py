"""The history of the tables. Numbered, one head, each step works with the release before it; no city content."""
