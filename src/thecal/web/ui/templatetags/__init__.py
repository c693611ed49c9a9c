"""How amounts and times are written in templates."""
