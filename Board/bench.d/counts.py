"""Counts the instructions of every kernel and compares them with those kept: a regression shows without a clock.

On x86 callgrind counts. It does not know AVX-512: those kernels are stepped through, one instruction after the other,
and skipped where the processor lacks them. Arm's kernels run under qemu's emulation, where a plugin counts."""
import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
KEPT = HERE / "instructions.json"
TOLERANCE = 0.02
CLANG = pathlib.Path(shutil.which("swiftc") or "swiftc").resolve().with_name("clang")  # as the package is built
CALLGRIND_SETS = ("scalar", "sse41", "avx2")
# qemu's processor → the set it is counted for. What a set has not of its own is counted with the set that has it.
EMULATED = {"cortex-a53": "neon", "cortex-a76": "dotprod", "max": "i8mm"}
CROSS = ("--target=aarch64-linux-gnu", "-isystem", "/usr/aarch64-linux-gnu/include", "-fuse-ld=lld", "-static")


def compile_kernels(work, name, *flags):
    """The kernels with the flags of a release build, and the program that calls them."""
    program = work / name
    sources = [*sorted((ROOT / "Sources/CKernels").rglob("*.c")), *sorted(HERE.glob("kernel*.c"))]
    subprocess.run(
        [CLANG, "-O2", "-I", ROOT / "Sources/CKernels/include", *sources, *flags, "-o", program], check=True)
    return program


def compile_plugin(work):
    plugin = work / "instructions.so"
    subprocess.run(["gcc", "-O2", "-shared", "-fPIC", ROOT / "Board/profiles/instructions.c", "-o", plugin], check=True)
    return plugin


def callgrind(program, *arguments):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def emulate(plugin, processor, log, *command, **options):
    """All instructions of a run under qemu."""
    subprocess.run(["qemu-aarch64", "-cpu", processor, "-plugin", plugin, "-d", "plugin", "-D", log, *command],
                   check=True, stdout=subprocess.DEVNULL, **options)
    return next(int(line.split()[1]) for line in log.read_text().splitlines() if line.startswith("instructions "))


def names(output, what):
    return [line.split(None, 1)[1] for line in output.splitlines() if line.startswith(what + " ")]


def tasks(work):
    """Counters by set and case, and what is skipped."""
    host, arm = compile_kernels(work, "kernels"), compile_kernels(work, "kernels-arm", *CROSS)
    plugin = compile_plugin(work)
    listing = subprocess.run([host], check=True, capture_output=True, text=True).stdout
    cases, counters = names(listing, "case"), {}
    skipped = why_not_stepped(host, listing, cases[0])

    def twice(count, *arguments):
        """One call: what a run of two has more than a run of one."""
        return count(*arguments, "2") - count(*arguments, "1")

    for case in cases:
        for isa in CALLGRIND_SETS:
            counters[isa, case] = lambda isa=isa, case=case: twice(callgrind, host, isa, case)
        for processor, isa in EMULATED.items():
            log = work / f"{isa}-{case}.log"
            counters[isa, case] = lambda processor=processor, isa=isa, case=case, log=log: twice(
                emulate, plugin, processor, log, arm, isa, case)
        if not skipped:
            command = [host, "avx512vnni", case, "step"]
            counters[stepped_name(), case] = lambda command=command: int(subprocess.check_output(command, text=True))
    return counters, skipped


def why_not_stepped(program, listing, case):
    if "avx512vnni" not in names(listing, "set"):
        return ["avx512vnni: this processor lacks it"]
    tried = subprocess.run([program, "avx512vnni", case, "step"], capture_output=True)
    return ["avx512vnni: no process may be traced here"] if tried.returncode != 0 else []


def stepped_name():
    """With VBMI other kernels look bytes up."""
    return "avx512vbmi" if "avx512_vbmi" in pathlib.Path("/proc/cpuinfo").read_text().split() else "avx512vnni"


def verdict(now, before):
    if before is None:
        return "FAIL  not kept yet; --update keeps it"
    if now > before * (1 + TOLERANCE):
        return f"FAIL  {now / before - 1:+.1%}"
    return f"cheaper {now / before - 1:+.1%}; --update keeps that" if now < before * (1 - TOLERANCE) else "same"


def check(work, only, update):
    subprocess.run([ROOT / "Board/setup", "count"], check=True)
    work.mkdir(parents=True, exist_ok=True)
    counters, skipped = tasks(work)
    counters = {key: counter for key, counter in counters.items() if only in " ".join(key)}
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    failures, found = 0, {isa: dict(cases) for isa, cases in kept.items()}
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        counts = pool.map(lambda counter: counter(), counters.values())
        for (isa, case), now in zip(counters, counts):
            says = verdict(now, kept.get(isa, {}).get(case))
            failures += says.startswith("FAIL")
            found.setdefault(isa, {})[case] = now
            if not update:
                print(f"{isa:11} {case:34} {now:>10,}  {says}", flush=True)
    for reason in skipped:
        print(f"skip  {reason}")
    if update:
        cases = {case for _, case in counters}
        found = {isa: {case: count for case, count in row.items() if only or case in cases}
                 for isa, row in found.items()}
        part = KEPT.with_suffix(".part")
        part.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
        part.replace(KEPT)
        print(f"{len(counters)} counts kept in {KEPT.relative_to(ROOT)}")
        return 0
    print(f"{len(counters) - failures} passed, {failures} failed; tolerance {TOLERANCE:.0%}")
    return 1 if failures else 0
