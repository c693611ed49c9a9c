"""The staff's door: the bench page, where a dose is proposed, signed, sent and seen."""
