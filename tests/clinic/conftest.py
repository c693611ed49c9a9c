"""The clinic's tests work on a real database file."""

from database import data_dir, empty_database

__all__ = ["data_dir", "empty_database"]
