"""The journal kept in the database: it refuses UPDATE and DELETE, and its newest seal is kept outside."""
