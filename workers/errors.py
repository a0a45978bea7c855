"""The errors that Procession raises on purpose. Their texts are the sentences that the user reads. Any process."""


class ProcessionError(Exception):
    """The root of these errors: a problem that the user can act on, in one sentence."""


class PlanError(ProcessionError):
    """A plan that cannot be run, and what is wrong with it."""


class RunError(ProcessionError):
    """A run that could not be started or followed."""


class OpenError(ProcessionError):
    """A file that cannot be read, or whose format is not known."""


class CancelledError(ProcessionError):
    """Work was cancelled at the user's request."""
