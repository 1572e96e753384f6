"""Where a vault had better not lie: told by the names, the leavings and the settings of what keeps folders in step, and by the disk."""

import json
import sys
from pathlib import Path

import pytest

from neuro_chart.store.places import backup_warning, kind_of_disk, warning


@pytest.mark.parametrize(
    ("folder", "service"),
    [
        ("Dropbox/practice", "Dropbox"),
        ("Dropbox (Personal)", "Dropbox"),
        ("OneDrive - Lindenhof Praxis/Documents", "OneDrive"),
        ("Library/CloudStorage/OneDrive-Personal", "OneDrive"),
        ("Library/CloudStorage/GoogleDrive-mei@example.org/My Drive", "Google Drive"),
        ("Library/Mobile Documents/com~apple~CloudDocs", "iCloud"),
        ("iCloudDrive", "iCloud"),
        ("Nextcloud/charts", "Nextcloud"),
        ("pCloudDrive", "pCloud"),
        ("Proton Drive", "Proton Drive"),
    ],
)
def test_a_folder_that_is_kept_in_step_is_known_by_its_name(tmp_path, folder, service):
    (tmp_path / folder).mkdir(parents=True)
    told = warning(tmp_path / folder / "practice.vault")
    assert service in told
    assert "Move it" in told


@pytest.mark.parametrize(
    ("left", "service"),
    [
        (".dropbox.cache", "Dropbox"),
        (".stfolder", "Syncthing"),
        (".sync_0123abcd.db", "Nextcloud"),
        (".tmp.drivedownload", "Google Drive"),
        (".849C9593-D756-4E56-8D6E-42412F2A707B", "OneDrive"),
    ],
)
def test_a_folder_of_any_name_is_known_by_what_is_left_in_it(tmp_path, left, service):
    inner = tmp_path / "charts" / "mine"
    inner.mkdir(parents=True)
    (tmp_path / "charts" / left).touch()
    assert service in warning(inner / "practice.vault")


def test_a_link_into_such_a_folder_is_followed(tmp_path):
    (tmp_path / "Dropbox").mkdir()
    try:
        (tmp_path / "charts").symlink_to(tmp_path / "Dropbox", target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    assert "Dropbox" in warning(tmp_path / "charts" / "practice.vault")


def test_what_the_services_say_themselves_counts(tmp_path, monkeypatch):
    folder = tmp_path / "work"
    folder.mkdir()
    assert warning(folder / "practice.vault") == ""
    with monkeypatch.context() as patch:
        patch.setenv("OneDriveCommercial", str(tmp_path))
        assert "OneDrive" in warning(folder / "practice.vault")
    for told, service in ((json.dumps({"business": {"path": str(tmp_path)}}), "Dropbox"), ("[]", ""), ("{", ""), ("{}", "")):
        monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
        (tmp_path / "home" / ".dropbox").mkdir(parents=True, exist_ok=True)
        (tmp_path / "home" / ".dropbox" / "info.json").write_text(told)
        assert service in warning(folder / "practice.vault")
        assert bool(warning(folder / "practice.vault")) == bool(service)


LINUX = """\
/dev/vda / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
server:/export /home/mei/shared nfs4 rw,vers=4.2 0 0
//nas/charts /mnt/our\\040charts cifs rw 0 0
/dev/sdb1 /mnt/our\\040charts/stick vfat rw 0 0
mei@host:/ /home/mei/far fuse.sshfs rw 0 0
"""
MAC = """\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
//mei@nas._smb._tcp.local/charts on /Volumes/our charts (smbfs, nodev, nosuid, mounted by mei)
/dev/disk4s1 on /Volumes/STICK (exfat, local, nodev)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="paths of Unix")
@pytest.mark.parametrize(
    ("mounts", "folder", "kind"),
    [
        (LINUX, "/home/mei", "ext4"),
        (LINUX, "/home/mei/shared/charts", "nfs4"),
        (LINUX, "/home/mei/shared-not", "ext4"),
        (LINUX, "/mnt/our charts/2026", "cifs"),
        (LINUX, "/mnt/our charts/stick", "vfat"),
        (LINUX, "/home/mei/far", "fuse.sshfs"),
        (MAC, "/Users/mei", "apfs"),
        (MAC, "/Volumes/our charts/2026", "smbfs"),
        (MAC, "/Volumes/STICK", "exfat"),
        ("", "/home", ""),
        ("nonsense\n\n", "/home", ""),
    ],
)
def test_the_disk_of_a_folder_is_found_among_the_mounts(mounts, folder, kind):
    assert kind_of_disk(Path(folder), mounts) == kind


@pytest.mark.skipif(sys.platform == "win32", reason="paths of Unix")
@pytest.mark.parametrize(("mounts", "says"), [(f"server:/x {{}} {kind} rw 0 0", True) for kind in ("nfs4", "cifs", "fuse.sshfs", "9p")] + [
    ("/dev/sda1 {} ext4 rw 0 0", False), ("x {} fuse.cryfs rw 0 0", False), ("x {} tmpfs rw 0 0", False),
])  # fmt: skip
def test_a_network_share_is_warned_of(tmp_path, monkeypatch, mounts, says):
    monkeypatch.setattr("neuro_chart.store.places._mounts", lambda: mounts.format(tmp_path))
    told = warning(tmp_path / "practice.vault")
    assert ("network share" in told) == says


def test_an_ordinary_folder_needs_no_warning(tmp_path):
    assert warning(tmp_path / "practice.vault") == ""
    assert warning(tmp_path / "not" / "there" / "practice.vault") == ""


def test_backups_on_the_disk_of_the_chart_are_warned_of_but_not_those_that_a_service_takes_elsewhere(tmp_path):
    vault = tmp_path / "practice.vault"
    assert "same disk" in backup_warning(tmp_path / "backups", vault)
    (tmp_path / "Dropbox").mkdir()
    assert backup_warning(tmp_path / "Dropbox", vault) == ""
    assert backup_warning(tmp_path / "no" / "such" / "place", vault) == ""
    memory = Path("/dev/shm")  # noqa: S108  # a disk of its own
    if memory.is_dir() and memory.stat().st_dev != tmp_path.stat().st_dev:
        assert backup_warning(memory, vault) == ""
