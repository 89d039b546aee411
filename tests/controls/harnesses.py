"""Every harness of "how we prove it", in one table: what it holds, its commands, its sizes. Read by tools/prove and tests/controls.

A harness is one or more commands. Each prints with --json one line {"name", "count", "lost", "duplicated", "failed", "seconds"} for
each thing it did, and ends with 0 only if all three are 0 and it has seen enough to say so.
"""
import os
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
QUICK, RELEASE = "quick", "release"


class Command:
    """argv with {bin}, {source}, {build}; count_option takes how many, seed_option where to begin."""

    def __init__(self, *argv, count_option=None, quick=None, release=None, seed_option="--seed", release_args=(), quick_args=()):
        self.argv, self.count_option, self.seed_option = argv, count_option, seed_option
        self.counts = {QUICK: quick, RELEASE: release}
        self.args = {QUICK: quick_args, RELEASE: release_args}

    def words(self, build, tier=QUICK, count=None, seed=None):
        """seed None: the command's own."""
        places = {"bin": os.path.join(build, "bin"), "build": build, "source": SOURCE}
        words = [word.format(**places) for word in self.argv] + list(self.args[tier]) + ["--json"]
        count = count if count is not None else self.counts[tier]
        if self.count_option is not None and count is not None:
            words += [self.count_option, str(count)]
        if self.seed_option is not None and seed is not None:
            words += [self.seed_option, str(seed)]
        return words

    @property
    def file(self):
        """What must be there for it to run at all."""
        return next(word for word in self.argv if word != "python3")


class Harness:
    """targets: what to build. Commands may run beside each other; the slow ones are started first."""

    def __init__(self, name, zh, en, commands, targets=(), is_slow=False):
        self.name, self.zh, self.en, self.commands, self.targets, self.is_slow = name, zh, en, commands, targets, is_slow


def python(path, *args, **more):
    return Command("python3", "{source}/tests/" + path, *args, **more)


HARNESSES = [
    Harness("powercut", "断电:任何一次写入之后断电,显示过“已保存”“已送达”的都在", "power cut after any write: what was shown as saved or sent is there", [
        python("powercut/powercut.py", count_option="--points", quick=50_000, release=1_000_000),
    ], ("powercut-check", "powercut-upgrade", "powercut_recorder")),
    Harness("kill", "终端与服务器在任意时刻被 kill -9、被终止、被暂停", "device and server killed, ended, stopped at any instant", [
        python("e2e/kill_test.py", "device", count_option="--count", quick=500, release=10_000),
        python("e2e/kill_test.py", "server", count_option="--count", quick=500, release=10_000),
        python("e2e/kill_test.py", "enrol", count_option="--count", quick=80, release=2_000),
        python("e2e/kill_test.py", "signals", count_option="--count", quick=50, release=1_000),
    ], ("e2e_kill",)),
    Harness("calls", "每一次内存申请和文件调用都失败一次、一直失败", "every malloc and file call fails, once and for good", [
        python("torture/calls.py", "--operation", operation, quick_args=("--errnos", "2"), release_args=("--errnos", "7"),
               count_option="--shallow")
        for operation in ("save", "sync", "ingest")
    ], ("torture", "two_sides")),
    Harness("sim", "模拟:多台终端、办公室、服务器,乱来的网络、磁盘、时钟", "simulated devices, office and server; lying network, disk and clock", [
        Command("{bin}/sim", count_option="--histories", quick=20_000, release=1_000_000, release_args=("--jobs", "2")),
    ], ("sim",), is_slow=True),
    Harness("model", "协议模型:穷尽搜索,并找出预埋的错误", "protocol model: complete search, planted bugs found", [
        python("protocol/model.py", seed_option=None),
    ]),
    Harness("network", "网络:八种故障的连接,恰好一次", "exactly once over connections with eight faults", [
        python("e2e/network_test.py", count_option="--count", quick=5_000, release=100_000),
    ], ("jx-proxy",)),
    Harness("evidence", "证据:每个字节、每次删除、交换、插入、截断都被验证发现", "verify misses no changed byte, deletion, swap, insertion, truncation", [
        Command("{bin}/evidence", "--part", "device-bytes", "--part", "device-shape"),
        Command("{bin}/evidence", "--part", "office-bytes", "--part", "office-shape", "--part", "photos"),
    ], ("evidence",)),
    Harness("together", "两个程序同时操作:锁", "two programs at once: locks", [
        python("controls/two_at_once_test.py", count_option="--count", quick=60, release=2_000),
    ]),
]


def environment(build, control=None):
    """What a harness needs to find its programs; control: the defect to switch on, None for a build without."""
    env = dict(os.environ)
    support = os.path.join(SOURCE, "tests", "e2e", "support")
    env.update(JX_SOURCE=SOURCE, JX_BUILD=build, JX_BIN=os.path.join(build, "bin"), JX_SANITIZE="0", PYTHONPATH=support,
               PYTHONDONTWRITEBYTECODE="1", JX_LANG="en")
    env.pop("JX_CONTROL", None)
    if control is not None:
        env["JX_CONTROL"] = control
    return env


def find(name):
    for harness in HARNESSES:
        if harness.name == name:
            return harness
    sys.exit(f"there is no harness {name}")
