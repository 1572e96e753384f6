"""What can go wrong with the vault, each in a sentence that says what to do. Light: the windows import it before the store."""

from math import ceil


class VaultError(Exception):
    """Something about the vault that the user must know; its text is a whole sentence for the screen and holds nothing of a patient."""


class WrongPassphraseError(VaultError):
    """The passphrase opens no key slot."""


class TooSoonError(VaultError):
    """Too many wrong passphrases: the next attempt has to wait; `seconds` says how long."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        whole = ceil(seconds)
        super().__init__(f"Too many attempts that didn't fit. Wait {whole} second{'s' * (whole != 1)}, then try again.")


class NotAVaultError(VaultError):
    """There is a file, but it is no vault; or its keys are missing."""


class NoVaultError(VaultError):
    """There is no file at the path."""


class DamagedVaultError(VaultError):
    """The vault or its keys are damaged."""


class NewerVaultError(VaultError):
    """The vault was written by a newer program."""


class VaultInUseError(VaultError):
    """Another program has the vault open."""


class WriteFailedError(VaultError):
    """The disk did not take what was written (full, read-only, gone); nothing of the act was stored."""


class SignedVisitError(VaultError):
    """The visit is signed and takes no change."""


class NotAllowedError(VaultError):
    """The role of who signed in does not allow it."""


class UnsignedVisitError(VaultError):
    """The visit is a draft still, and takes changes instead of amendments."""


class NeedlesLeftError(VaultError):
    """The visit can't be signed: a needle is in, and no reason was given."""


class CompletedIntakeError(VaultError):
    """The health history is completed and takes no change."""


class CancelledError(VaultError):
    """What took long was stopped at the user's wish, and left nothing behind."""
