"""Times .tide files in turns: python -m peers.timing EDGE ROUNDS FILE …

Prints each file's least time of a decision on a new frame, and of a whole clip, and the ratio to the first file's.
"""
import json
import pathlib
import subprocess
import sys


def bench(edge, file, runs):
    command = [edge, "bench", file, "--runs", str(runs), "--json"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(edge, rounds, files):
    least = {file: {} for file in files}
    for _ in range(rounds):
        for file in files:
            found = bench(edge, file, 10)
            for key in ("frame_least_ms", "clip_least_ms"):
                if key in found:
                    least[file][key] = min(found[key], least[file].get(key, float("inf")))
    for file in files:
        cells = (f"{least[file][key]:9.2f} ms {least[file][key] / least[files[0]][key]:5.2f}" for key in least[file])
        print(f"{pathlib.Path(file).stem:40s}" + "".join(cells), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:])
