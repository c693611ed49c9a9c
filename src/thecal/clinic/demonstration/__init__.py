"""The demonstration: an invented patient with a simulated pump. Only this app runs pumps of the lab."""
