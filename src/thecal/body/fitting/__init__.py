"""One patient from observations: likelihood, the most probable parameters, and the posterior."""
