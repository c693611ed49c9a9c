"""The safety case: hazards and requirements as data, evidence by tests and analyses, pages and a verdict."""
