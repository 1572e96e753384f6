"""What this machine saw last of a vault's trail, kept outside the vault: so an older copy that was put back is noticed."""

import json
import os
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from neuro_chart.store.door import plainly
from neuro_chart.store.tables import YEARS_END
from neuro_chart.store.trail import Head, digest_at
from neuro_chart.store.vault import Vault

_LAST = (1 << 63) - 1  # entry that a trail can have


class Witness:
    """Keeps the head of the trail of each vault in a folder of its own; nothing of a patient is in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def seen(self, vault_id: str) -> Head | None:
        """The head that was kept; None when there is none, or it can't be read."""
        try:
            seq, digest, at = json.loads(self._file(vault_id).read_text(encoding="utf-8"))
            kept = Head(int(seq), str(digest), datetime.fromisoformat(at))
        except (OSError, ValueError, TypeError, OverflowError, RecursionError):
            return None
        return kept if 0 <= kept.seq <= _LAST and 1970 <= kept.at.year < YEARS_END else None

    def outrun(self, vault: Vault, vault_id: str) -> Head | None:
        """The head that was kept, if the vault's trail does not go through it: it is older, or was written on since from an older one."""
        seen = self.seen(vault_id)
        if seen is None:
            return None
        with plainly(), vault.reader.connect() as connection:
            return None if digest_at(connection, seen.seq) == seen.digest else seen

    def keep(self, vault_id: str, head: Head) -> None:
        """Keeps a head in place of the one before, whole or not at all; OSError when the disk takes nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self._file(vault_id).with_suffix(f".{uuid4().hex[:8]}.new")
        try:
            with fresh.open("w", encoding="utf-8") as file:
                json.dump([head.seq, head.digest, head.at.isoformat()], file)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._file(vault_id))
        finally:
            fresh.unlink(missing_ok=True)

    def _file(self, vault_id: str) -> Path:
        return self.folder / f"{vault_id}.head"
