"""The root of every error that this package raises on purpose; its text is the sentence a person reads."""


class ProcessionError(Exception):
    """Something that a person can act on, said in one sentence."""


class PlanError(ProcessionError):
    """A plan that cannot be run, with what is wrong in it."""


class RunError(ProcessionError):
    """A run that could not be started or followed."""


class OpenError(ProcessionError):
    """A file that cannot be read, or is none of the kinds that can."""


class CancelledError(ProcessionError):
    """What was under way was stopped because somebody asked for it."""
