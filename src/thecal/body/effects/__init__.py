"""From drug levels to what a patient shows: tone, tolerance, and other readouts."""
