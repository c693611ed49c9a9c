"""People: who signs in, and the patients. Nothing about a therapy is kept here."""
