"""Cycles that Arm cores need for the inner loops of the matrix products, by LLVM's models of the cores (llvm-mca), and
what their multiply-adds alone would need. Every load is taken to be in the first cache; no time is measured."""
import pathlib
import re
import subprocess
import sys

from counts import CLANG

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 1.15
# LLVM's model of the A76 is that of the A57; the Neoverse N1, its sibling, has a model of its own.
CORES = {"cortex-a53": ("neon",), "cortex-a72": ("neon",), "neoverse-n1": ("neon", "dotprod")}
ITERATIONS = 100
# Multiplications of an instruction, by its name and the shape of its result.
MULTIPLICATIONS = (
    (r"sm(ull|lal)2?\s+v\d+\.8h", 8), (r"sm(ull|lal)2?\s+v\d+\.4s", 4), (r"mla\s+v\d+\.8h", 8), (r"mul\s+v\d+\.8h", 8),
    (r"sdot\s", 16), (r"smmla\s", 32),
)
ACCUMULATIONS = (r"sadalp\s", r"saddw2?\s")


def assembly(isa):
    command = [CLANG, "--target=aarch64-linux-gnu", "-isystem", "/usr/aarch64-linux-gnu/include", "-O2",
               "-S", "-o", "-", ROOT / f"Sources/CKernels/gemm/gemm_{isa}.c"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def multiplications(line):
    return next((count for pattern, count in MULTIPLICATIONS if re.match(pattern, line)), 0)


def innermost(text):
    """The instructions between a label and the branch back to it: the loop with the most multiplications."""
    label, body, loops = None, [], []
    for line in (line.split("//")[0].strip() for line in text.splitlines()):
        if match := re.match(r"(\.?\w+):", line):
            label, body = match.group(1), []
        elif re.match(r"(b\.\w+|cbn?z|tbn?z)\s.*" + re.escape(label or "?") + "$", line):
            loops.append(body)
            body = []
        elif line and not line.startswith("."):
            body.append(line)
    return max(loops, key=lambda loop: sum(map(multiplications, loop)))


def model(core, lines):
    """Cycles of one turn of a loop in steady state, and those that its busiest unit needs."""
    command = ["llvm-mca-16", "--march=aarch64", f"--mcpu={core}", "--mattr=+dotprod,+i8mm",
               f"--iterations={ITERATIONS}"]
    done = subprocess.run(command, input="\n".join(lines), check=True, capture_output=True, text=True).stdout
    cycles = int(re.search(r"^Total Cycles:\s+(\d+)", done, re.MULTILINE).group(1)) / ITERATIONS
    return cycles, float(re.search(r"^Block RThroughput:\s+([\d.]+)", done, re.MULTILINE).group(1))


def main():
    subprocess.run([ROOT / "Board/setup", "mca"], check=True)
    print(f"{'core':12} {'set':8} {'instructions':>12} {'multiply-adds':>13} {'cycles / 16':>11} {'limit / 16':>10} "
          f"{'ratio':>6}")
    for core, sets in CORES.items():
        for isa in sets:
            loop = innermost(assembly(isa))
            count = sum(map(multiplications, loop))
            sums = [line for line in loop if multiplications(line) or any(re.match(p, line) for p in ACCUMULATIONS)]
            cycles, limit = model(core, loop)[0], model(core, sums)[1]
            note = "" if cycles <= LIMIT * limit else f"  above {LIMIT}"
            print(f"{core:12} {isa:8} {len(loop):12} {count:13} {cycles * 16 / count:11.2f} {limit * 16 / count:10.2f} "
                  f"{cycles / limit:6.2f}{note}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
