"""The one family of errors that the bot raises; each message says what was wrong, where, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


class HotleadError(Exception):
    """Something that a person has to know about, in words for a person."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with the configuration: where it stands, what was found, what to do."""

    place: str
    found: str
    advice: str

    def __str__(self) -> str:
        return f"{self.place}: {self.found}. {self.advice}"


class BadConfiguration(HotleadError):
    """The configuration is refused, with every problem in one go."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("\n".join(str(finding) for finding in findings))


class StoreInUse(HotleadError):
    """Another process owns the data folder."""


class StoreTooNew(HotleadError):
    """The database was written by a newer hotlead than this one."""


class StoreUnusable(HotleadError):
    """The database cannot be opened or written."""


class DiskFull(StoreUnusable):
    """Nothing can be stored: the disk has no room left."""


class Overloaded(HotleadError):
    """More is waiting than can be taken on now; the sender should try again."""


class BackupFailed(HotleadError):
    """A backup could not be written, or not be put back."""


class BackupStopped(HotleadError):
    """A backup was left off, because the service stops."""


class NoBackup(HotleadError):
    """A file cannot be restored: it is damaged, or no database of hotlead's."""
