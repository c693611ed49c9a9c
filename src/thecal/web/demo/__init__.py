"""The demonstration's door: the bench, the what-ifs about its patient, and training. Mounted by ``main``."""
