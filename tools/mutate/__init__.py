"""Change the code on purpose, one small place at a time, and see whether a test notices."""
