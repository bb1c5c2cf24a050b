"""Rate cards: what a token, a second or a call costs, since when, and who says so."""
