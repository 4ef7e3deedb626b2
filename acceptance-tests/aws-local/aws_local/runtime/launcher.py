"""Starts one program of a job and makes sure that nothing of it survives; run as a script, standard library only.

    python -I -S launcher.py SPEC.json PARENT_PID

The spec: `argv`, `env`, `cwd`, `mounts` (target folder -> folder shown there), `isolate` (whether to use namespaces).

With `isolate` the program gets its own user, mount and process namespaces, all unprivileged (user_namespaces(7)): the
mounts make `/opt/ml` the job's own folder without touching the machine's, and the death of the namespace's first
process takes every descendant with it, also daemons that left the process group (pid_namespaces(7)). Without it the
process group is all there is.

Exit status: the program's; 128 + n when signal n ended it; 125 when it could not be started.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import sys
import time

PR_SET_PDEATHSIG = 1
CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
CANNOT_START = 125

LINUX = sys.platform == "linux"
LOOK_SECONDS = 0.2

libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def die_with_parent(parent: int, number: int) -> None:
    """Have the kernel send this process a signal when its parent ends; the parent may have ended before the call."""
    if LINUX:
        libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(CANNOT_START)


def mount(source: str, target: str, kind: str | None, flags: int) -> None:
    encoded = kind.encode() if kind else None
    _check(libc.mount(source.encode(), target.encode(), encoded, flags, None), f"mount {source} at {target}")


def enter_namespaces(mounts: dict[str, str]) -> None:
    """Make new namespaces, keeping the user's own ids, and put the folders of `mounts` in place."""
    user, group = os.getuid(), os.getgid()
    _check(libc.unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID), "unshare")
    for file, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{file}", "w") as handle:
            handle.write(text)
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    for target, source in mounts.items():
        source_fd = os.open(source, os.O_PATH)
        if not os.path.isdir(target):
            _make_mount_point(target)
        mount(f"/proc/self/fd/{source_fd}", target, None, MS_BIND | MS_REC)
        os.close(source_fd)


def _make_mount_point(target: str) -> None:
    """Create `target` on an in-memory copy of the nearest folder that exists, since the real one is not ours."""
    folder = os.path.dirname(target)
    while folder and not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    if folder in ("", "/"):
        raise OSError(f"cannot show {target}: no folder above it exists but /")
    kept = {name: os.open(os.path.join(folder, name), os.O_PATH) for name in os.listdir(folder)}
    mount("none", folder, "tmpfs", 0)
    for name, fd in kept.items():
        shown = os.path.join(folder, name)
        if os.path.isdir(f"/proc/self/fd/{fd}"):
            os.mkdir(shown)
        else:
            os.close(os.open(shown, os.O_CREAT | os.O_WRONLY))
        mount(f"/proc/self/fd/{fd}", shown, None, MS_BIND | MS_REC)
        os.close(fd)
    os.makedirs(target)


def status_of(wait_status: int) -> int:
    code = os.waitstatus_to_exitcode(wait_status)
    return 128 - code if code < 0 else code


def supervise(spec: dict, parent: int) -> int:
    """Run the program as a child and return its exit status; reap orphans until it ends."""
    child = os.fork()
    if child == 0:
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            os.chdir(spec["cwd"])
            os.execvpe(spec["argv"][0], spec["argv"], spec["env"])
        except OSError as error:
            print(f"cannot start {spec['argv'][0]}: {error}", file=sys.stderr, flush=True)
        os._exit(CANNOT_START)
    while True:
        # Elsewhere than on Linux nobody tells that the parent is gone: look now and then.
        pid, status = os.waitpid(-1, 0 if LINUX else os.WNOHANG)
        if pid == child:
            return status_of(status)
        if not LINUX:
            if os.getppid() != parent:
                os.killpg(0, signal.SIGKILL)
            time.sleep(LOOK_SECONDS)


def main() -> int:
    parent = int(sys.argv[2])
    with open(sys.argv[1]) as handle:
        spec = json.load(handle)
    # In a namespace all go with the first process; elsewhere this one has to take the others along.
    signal.signal(signal.SIGUSR1, lambda *_: os.killpg(0, signal.SIGKILL))
    die_with_parent(parent, signal.SIGKILL if spec["isolate"] else signal.SIGUSR1)
    # A polite stop goes to the whole process group; these two wait for the program to obey it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not spec["isolate"]:
        return supervise(spec, parent)
    try:
        if not LINUX:
            raise OSError("only Linux has namespaces")
        enter_namespaces(spec["mounts"])
    except OSError as error:
        print(f"cannot isolate: {error}", file=sys.stderr, flush=True)
        return CANNOT_START
    # Outside parents have the process id 0 in here: that this one is still alive is seen by the pipe it holds open.
    alive, held = os.pipe()
    first = os.fork()
    if first == 0:
        os.close(held)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if select.select([alive], [], [], 0)[0]:
            os._exit(CANNOT_START)
        os.close(alive)
        os._exit(supervise(spec, 0))
    return status_of(os.waitpid(first, 0)[1])


if __name__ == "__main__":
    sys.exit(main())
