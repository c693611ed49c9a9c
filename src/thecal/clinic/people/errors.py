"""What the people can refuse.

NotPermittedError    this person may not do that
"""


class NotPermittedError(Exception):
    """This person may not do that."""

    code = "people.not-permitted"
