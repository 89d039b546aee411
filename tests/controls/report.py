"""The page that tools/prove leaves: what was tried, how often, on what, and what came of it. Chinese first, then English."""
import os
import platform
import shlex
import subprocess
import time

from harnesses import SOURCE

TIERS = {"quick": "测试 | test run", "release": "发布 | release"}


def read(path, key):
    """The value of the first line of a file in /proc that begins so."""
    try:
        with open(path, encoding="utf-8") as file:
            return next((line.partition(":")[2].strip() for line in file if line.startswith(key)), "?")
    except OSError:
        return "?"


def commit():
    def git(*words):
        done = subprocess.run(["git", "-c", "safe.directory=*", "-C", SOURCE, *words], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False)
        return done.stdout.decode().strip() if done.returncode == 0 else None
    head = git("rev-parse", "HEAD")
    if head is None:
        return "没有 git | no git"
    changed = git("status", "--porcelain", "--untracked-files=no")
    return head + (f"(另有 {len(changed.splitlines())} 个未提交的改动 | and {len(changed.splitlines())} files changed since)" if changed else "")


def machine():
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "?")
    return (f"{read('/proc/cpuinfo', 'model name')} × {os.cpu_count()}, {int(read('/proc/meminfo', 'MemTotal').split()[0]) // 1024} MiB, "
            f"{system}, Linux {platform.release()}")


def result_rows(jobs):
    for job in jobs:
        for line in job.lines:
            mark = "" if job.is_good else " ✗"
            yield (f"| {job.harness.zh}<br>{job.harness.en} | `{line['name']}`{mark} | {line['count']:,} | {line['lost']} | "
                   f"{line['duplicated']} | {line['failed']} | {line['seconds']} |")


def totals_row(jobs, minutes):
    lines = [line for job in jobs for line in job.lines]
    sums = {key: sum(line[key] for line in lines) for key in ("count", "lost", "duplicated", "failed")}
    return (f"| **合计 \\| total** | | **{sums['count']:,}** | **{sums['lost']}** | **{sums['duplicated']}** | **{sums['failed']}** | "
            f"**{minutes:.1f} min** |")


def control_rows(jobs):
    for job in jobs:
        for line in job.lines:
            for control, seen_by in line.get("seen", {}).items():
                yield f"| `{control}` | {', '.join(seen_by) or '**未发现 | NOT SEEN**'} |"


def failures(jobs):
    for job in jobs:
        if job.is_good:
            continue
        with open(job.log, encoding="utf-8", errors="replace") as file:
            tail = file.read()[-1500:].replace("```", "'''")
        yield f"### `{job}`\n\n```\n{tail}\n```\n"


def page(args, jobs, minutes):
    is_good = all(job.is_good for job in jobs)
    machine_minutes = sum(job.seconds for job in jobs) / 60
    controls = list(control_rows(jobs))
    parts = [
        "# 街巡:怎样证明 | Jiexun: how we prove it",
        "",
        "**守住了全部承诺 | every promise was kept**" if is_good else "**有承诺没有守住 | a promise was not kept**",
        "",
        f"- 时间 | when: {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC",
        f"- 版本 | commit: {commit()}",
        f"- 机器 | machine: {machine()}",
        f"- 规模 | size: {TIERS[args.tier]}" + (f", --points {args.points}" if args.points else ""),
        f"- 种子 | seed: {args.seed if args.seed is not None else '各自的,见命令 | each its own, see the commands'}",
        f"- 用时 | minutes: {minutes:.1f}({args.jobs} 个并行,单独相加 {machine_minutes:.1f} | {args.jobs} at a time, {machine_minutes:.1f} one after the other)",
        "",
        "## 结果 | Results",
        "",
        "| 承诺 \\| promise | 检验 \\| harness | 次数 \\| count | 丢失 \\| lost | 重复 \\| duplicated | 失败 \\| failed | 秒 \\| s |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
        *result_rows(jobs),
        totals_row(jobs, minutes),
    ]
    if controls:
        parts += ["", "## 反向检验 | Negative controls", "", "| 打开的缺陷 \\| defect | 报告者 \\| reported by |", "| --- | --- |", *controls]
    parts += ["", "## 命令 | Commands", "", "```"]
    parts += [shlex.join(word.replace(SOURCE + "/", "").replace(args.build + "/", "build/") for word in job.words) for job in jobs]
    parts += ["```", ""]
    if not is_good:
        parts += ["## 失败 | Failures", "", *failures(jobs)]
    return "\n".join(parts)
