"""Whether a vault lies where it may come to harm: in a folder that is kept in step with other machines, or on a network share."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# As the services name their folders.
_NAMES = tuple(
    (service, re.compile(pattern, re.IGNORECASE))
    for service, pattern in (
        ("Dropbox", r"dropbox( \(.+\)|-.+)?"),
        ("OneDrive", r"onedrive( - .+|-.+)?"),
        ("iCloud", r"icloud ?drive|mobile documents|com~apple~clouddocs"),
        ("Google Drive", r"google ?drive(-.+)?|my drive"),
        ("Nextcloud", r"nextcloud\d?"),
        ("ownCloud", r"owncloud\d?"),
        ("Syncthing", r"syncthing"),
        ("pCloud", r"p ?cloud ?drive"),
        ("MEGA", r"mega(sync)?"),
        ("Box", r"box( sync|-box)?"),
        ("Proton Drive", r"proton ?drive(-.+)?"),
        ("Seafile", r"seafile"),
        ("Synology Drive", r"synology ?drive"),
        ("Resilio Sync", r"resilio sync|btsync"),
        ("Tresorit", r"tresorit|tresors"),
        ("Yandex Disk", r"yandex[. ]?disk"),
    )
)
# What they leave in the folders that they keep in step, under whatever name those are.
_MARKERS = (
    ("Dropbox", re.compile(r"\.dropbox(\.cache)?")),
    ("OneDrive", re.compile(r"\.849C9593-D756-4E56-8D6E-42412F2A707B")),
    ("Google Drive", re.compile(r"\.tmp\.drive(download|upload)")),
    ("Syncthing", re.compile(r"\.stfolder")),
    ("Nextcloud", re.compile(r"\.(_)?sync_[0-9a-f]+\.db|\.nextcloudsync\.log|\.owncloudsync\.log")),
    ("Resilio Sync", re.compile(r"\.sync")),
)
_ENVIRONMENT = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")
_REMOTE = re.compile(
    r"nfs\d?|cifs|smb\w*|9p|afs|afpfs|webdav|ftp|ceph|lustre|ncpfs|glusterfs|vboxsf|vmhgfs|prl_fs|fuse\.(vmhgfs-fuse|ceph|glusterfs)"
    r"|fuse\.(sshfs|davfs2?|rclone|gvfsd-fuse|s3fs|onedriver|google-drive-ocamlfuse|smbnetfs|curlftpfs)"
)
_DRIVE_REMOTE = 4  # GetDriveTypeW


def warning(path: Path) -> str:
    """What to mind about the place of a vault, and what to do, in words for the screen; "" where there is nothing. May take a while."""
    try:
        folder = path.parent.resolve()
    except OSError:  # a share that is gone
        folder = path.parent.absolute()
    if service := _kept_in_step_by(folder):
        return (
            f"The chart lies in a folder that {service} keeps in step with other machines. {service} may copy it half written, or put "
            "an older one back. Move it to a folder of this machine alone, and let the backups go there instead."
        )
    if _is_remote(folder):
        return (
            "The chart lies on a network share. Where the network fails, the last changes may be lost, and two machines may write at "
            "once. Move it to a disk of this machine, and let the backups go to the share instead."
        )
    return ""


def backup_warning(folder: Path, vault: Path) -> str:
    """What to mind about the folder of a vault's backups; "" where there is nothing. May take a while."""
    try:
        place = (folder if folder.exists() else folder.parent).resolve()
        same = place.stat().st_dev == vault.parent.stat().st_dev
    except OSError:
        return ""
    if not same or _kept_in_step_by(place):
        return ""
    return (
        "The backups lie on the same disk as the chart, and would be lost with it. Choose a folder on another disk, or one that "
        "a service keeps in step with another machine: a backup is encrypted as the chart is."
    )


def _kept_in_step_by(folder: Path) -> str:
    for name in folder.parts:
        for service, pattern in _NAMES:
            if pattern.fullmatch(name):
                return service
    for service, root in _roots():
        if root and folder.is_relative_to(root):
            return service
    home = Path.home()
    for parent in (folder, *folder.parents):
        if parent in {home, *home.parents}:  # Dropbox keeps its settings in ~/.dropbox
            break
        with suppress(OSError):
            for entry in os.scandir(parent):
                for service, pattern in _MARKERS:
                    if pattern.fullmatch(entry.name):
                        return service
    return ""


def _roots() -> Iterator[tuple[str, str]]:
    """The folders that the services themselves say they keep."""
    for name in _ENVIRONMENT:
        yield "OneDrive", os.environ.get(name, "")
    for place in (
        Path.home() / ".dropbox",
        *(Path(os.environ[name], "Dropbox") for name in ("APPDATA", "LOCALAPPDATA") if name in os.environ),
    ):
        with suppress(OSError, ValueError, AttributeError, RecursionError):
            for account in json.loads((place / "info.json").read_text(encoding="utf-8")).values():
                yield "Dropbox", str(account.get("path", ""))


def _is_remote(folder: Path) -> bool:
    if sys.platform == "win32":
        import ctypes  # noqa: PLC0415  # Windows' own way

        drive = folder.anchor
        return drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(drive) == _DRIVE_REMOTE
    return bool(_REMOTE.fullmatch(kind_of_disk(folder, _mounts())))


def _mounts() -> str:
    with suppress(OSError, subprocess.SubprocessError):
        if sys.platform == "darwin":
            return subprocess.run(["/sbin/mount"], capture_output=True, text=True, timeout=5, check=False).stdout
        return Path("/proc/self/mounts").read_text(encoding="utf-8", errors="surrogateescape")
    return ""


def kind_of_disk(folder: Path, mounts: str) -> str:
    """The type of the file system that a folder is on, by the lines of Linux' /proc/mounts or macOS' mount; "" where none tells."""
    kind, longest = "", -1
    for line in mounts.splitlines():
        if told := re.fullmatch(r".+? on (/.*) \((\w+)[,)].*", line):
            point, its_kind = told[1], told[2]
        elif len(fields := line.split(" ")) >= 3:
            point, its_kind = re.sub(r"\\(\d{3})", lambda code: chr(int(code[1], 8)), fields[1]), fields[2]
        else:
            continue
        if len(point) >= longest and folder.is_relative_to(point):  # the last one lies on top
            kind, longest = its_kind, len(point)
    return kind
