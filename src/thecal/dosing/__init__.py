"""The adviser: dosing and therapy rules, each with its source; it proposes and warns, and a person signs."""
