"""What every message is: something with a code, that becomes fields and is read back from them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, Self, TypeVar

if TYPE_CHECKING:
    from thecal.telemetry.codes import MessageCode
    from thecal.telemetry.fields import FieldReader, FieldWriter


class Message(ABC):
    """One thing that one end says to the other."""

    code: ClassVar[MessageCode]

    @abstractmethod
    def write(self, fields: FieldWriter) -> None:
        """Write the message's fields.

        Raises:
            LocalProtocolError: a value that its field cannot hold.
        """

    @classmethod
    @abstractmethod
    def read(cls, fields: FieldReader) -> Self:
        """Read the message's fields.

        Raises:
            RemoteProtocolError: these are not such fields.
        """


class Reply(Message):
    """What the pump answers."""


ReplyT_co = TypeVar("ReplyT_co", bound=Reply, covariant=True)


class Request(Message, Generic[ReplyT_co]):
    """What the wand asks; the parameter is the type of its reply."""

    answered_by: ClassVar[type[Reply]]
