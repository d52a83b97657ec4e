"""Messages by which the reader of texts is trained and judged, all of them invented; README.md is their data card."""
