"""Folders and files that no other user can change, for what is read back and trusted. Any process and thread.

Where a system has no owners and modes of files, everything counts as private.
"""

import os
import stat
from io import FileIO
from pathlib import Path

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_MOST_LINKS = 40
_ALL_USERS = (1 << 32) - 1
_FLAGS = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
_HAS_OWNERS = hasattr(os, "geteuid")


class NotPrivateError(OSError):
    """A folder or file that belongs to another user, or that another user can change. strerror: one clause."""


def make_folder(folder: Path) -> None:
    """Make the folder and its parents as far as they are missing, each for this user only whatever the umask.

    Raises OSError when one cannot be made, or is no folder.
    """
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        if folder.parent == folder:
            break
        folder = folder.parent
    for path in reversed(missing):
        try:
            path.mkdir(mode=0o700)
        except FileExistsError:
            if not path.is_dir():
                raise
        else:
            path.chmod(0o700)  # a umask can take rights away from the user, too


def close_to_others(folder: Path) -> bool:
    """Make a folder of this user private. Whether other users could write to it before.

    Raises NotPrivateError for a folder of another user, OSError when it cannot be opened.
    """
    if not _HAS_OWNERS:
        return False
    descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | _own_link(folder))
    try:
        found = os.fstat(descriptor)
        if found.st_uid != os.geteuid():
            raise NotPrivateError(0, "it belongs to another user", str(folder))
        if not found.st_mode & _OTHERS_WRITE:
            return False
        os.fchmod(descriptor, 0o700)
        return True
    finally:
        os.close(descriptor)


def open_private(path: Path) -> FileIO:
    """Open a file of this user for reading, unbuffered. A link is not followed, and a pipe is not waited for.

    Raises NotPrivateError when it or its folder is of another user, or can be written by others. Raises OSError when it cannot
    be opened.
    """
    file = FileIO(path, opener=lambda name, flags: os.open(name, flags | _FLAGS))
    if _HAS_OWNERS and not (_is_own(os.fstat(file.fileno())) and _is_own(os.stat(path.parent))):
        file.close()
        raise NotPrivateError(0, "another user can write to it", str(path))
    return file


def secure_path(folder: Path) -> Path:
    """The folder without links on the way, if it is this user's, and no other user can change what this path leads to.

    Each part of the path, and each link on it, has to belong to this user or to the system. Others may write only to folders in
    which they cannot move what is not theirs (such as /tmp). Raises NotPrivateError, or OSError where there is no such folder.
    """
    if not _HAS_OWNERS:
        return folder
    if _is_one_of_many():
        raise NotPrivateError(0, "whose it is cannot be told in this user namespace", str(folder))
    trusted = {
        os.geteuid(),
        0,
        os.stat("/").st_uid,
    }  # in a user namespace the system's files can have another owner than 0
    at, left, links = Path("/"), list(reversed(folder.absolute().parts[1:])), 0
    while left:
        name = left.pop()
        if name == "..":
            at = at.parent
            continue
        path = at / name
        found = os.lstat(path)
        if found.st_uid not in trusted or not (stat.S_ISLNK(found.st_mode) or _keeps_others_out(path, found)):
            raise NotPrivateError(0, "another user can change what it holds", str(path))
        if not stat.S_ISLNK(found.st_mode):
            at = path
            continue
        links += 1
        if links > _MOST_LINKS:
            raise NotPrivateError(0, "it has too many links", str(path))
        target = Path(os.readlink(path))
        if target.is_absolute():
            at = Path("/")
        left += reversed(target.parts[1:] if target.is_absolute() else target.parts)
    if not _is_own(os.lstat(at)):
        raise NotPrivateError(0, "another user can write to it", str(at))
    return at


def is_own(path: Path | str) -> bool:
    """Whether the file or folder is this user's, and others cannot write to it. A link is not followed."""
    try:
        return not _HAS_OWNERS or _is_own(os.lstat(path))
    except OSError:
        return False


def _own_link(folder: Path) -> int:
    """The flag that forbids a link, unless the link is this user's own: a folder may have been moved to another disk."""
    found = os.lstat(folder)
    return 0 if stat.S_ISLNK(found.st_mode) and found.st_uid == os.geteuid() else getattr(os, "O_NOFOLLOW", 0)


def _is_own(found: os.stat_result) -> bool:
    return found.st_uid == os.geteuid() and not found.st_mode & _OTHERS_WRITE


def _is_one_of_many() -> bool:
    """Whether this user has the number under which a user namespace shows all users that it does not know (Linux)."""
    try:
        if int(Path("/proc/sys/kernel/overflowuid").read_bytes()) != os.geteuid():
            return False
        _, _, count = Path("/proc/self/uid_map").read_bytes().split()
        return int(count) != _ALL_USERS
    except OSError:
        return False  # it is not Linux, or has no such namespaces
    except ValueError:
        return True  # several ranges of users are known, or none


def _keeps_others_out(folder: Path, found: os.stat_result) -> bool:
    """Whether only its owner can move what is in a folder: others cannot write to it, or not move what is not theirs."""
    if not found.st_mode & _OTHERS_WRITE or found.st_mode & stat.S_ISVTX:
        return True
    return not found.st_mode & stat.S_IWOTH and _is_group_of_one(found.st_gid) and not _has_list(folder)


def _has_list(folder: Path) -> bool:
    """Whether a folder has an access control list: what is its group's by its mode can then be any user's (Linux)."""
    try:
        return hasattr(os, "listxattr") and "system.posix_acl_access" in os.listxattr(folder)
    except OSError:
        return False  # its file system has no such lists


def _is_group_of_one(gid: int) -> bool:
    """Whether a group is this user's own and has no other member. Many systems give each user such a group, which may write."""
    import grp
    import pwd

    try:
        user, group = pwd.getpwuid(os.geteuid()), grp.getgrgid(gid)
    except (KeyError, OSError):
        return False
    return gid == user.pw_gid and group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name}
