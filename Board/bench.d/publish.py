"""Writes what was measured: Markdown, JSON, and a page with bars."""
import html
import json

from targets import targets

MARKS = {True: "met", False: "**not met**", None: ""}
OURS, THEIRS = "#0a7d8c", "#9aa5ad"
WIDTH, BAR, LABEL = 860, 22, 240


def publish(result, folder):
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "results.json", json.dumps(result, indent=1) + "\n")
    text = markdown(result)
    write(folder / "results.md", text)
    write(folder / "results.html", page(result))
    return text


def write(path, text):
    part = path.with_suffix(".part")
    part.write_text(text)
    part.replace(path)


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def markdown(result):
    parts = ["# Speed beside the peers\n", result["machine"] + "\n"]
    parts.append(table(["measure", "target", "measured", ""],
                       [[t.measure, t.target, t.value, MARKS[t.met]] for t in targets(result)]))
    for title, field in result["networks"].items():
        parts += [f"## {title}\n", table(
            ["", "whole, ms", "least", "one more frame, ms", "to first result, ms", "peak memory, MB", "file, MB"],
            [row(entry) for entry in ordered(field)])]
    return "\n".join(parts)


def ordered(field):
    return sorted(field, key=lambda row: row.get("whole_ms", float("inf")))


def row(entry):
    if "error" in entry:
        return [entry["name"], "did not run: " + entry["error"].splitlines()[-1], "", "", "", "", ""]

    def number(key, unit=1.0, places=2):
        return f"{entry[key] / unit:.{places}f}" if key in entry else ""

    return [entry["name"], number("whole_ms"), number("least_ms"), number("frame_ms"), number("first_ms", places=0),
            number("process_bytes", 1e6, 1), number("file_bytes", 1e6, 1)]


def page(result):
    charts = "".join(f"<h2>{html.escape(title)}</h2>{chart(field)}" for title, field in result["networks"].items())
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in
                         (t.measure, t.target, t.value, MARKS[t.met].strip("*"))) + "</tr>" for t in targets(result))
    return f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Speed beside the peers</title>
<style>body{{font:15px system-ui,sans-serif;max-width:{WIDTH}px;margin:2em auto;padding:0 1em;color:#1c2a30}}
table{{border-collapse:collapse}}td{{border-top:1px solid #dde3e6;padding:.25em .6em}}svg text{{font-size:13px}}</style>
<h1>Speed beside the peers</h1><p>{html.escape(result["machine"])}</p><table>{rows}</table>{charts}</html>
"""


def chart(field):
    """Milliseconds a decision, a bar a contender; shorter is better."""
    entries = [entry for entry in ordered(field) if "whole_ms" in entry]
    longest = max(entry["whole_ms"] for entry in entries)
    bars = []
    for index, entry in enumerate(entries):
        y, length = index * (BAR + 6), (WIDTH - LABEL - 80) * entry["whole_ms"] / longest
        colour = OURS if entry["name"].startswith("Tidepool") else THEIRS
        bars.append(
            f'<text x="{LABEL - 8}" y="{y + 16}" text-anchor="end">{html.escape(entry["name"])}</text>'
            f'<rect x="{LABEL}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2" fill="{colour}"/>'
            f'<text x="{LABEL + length + 6:.1f}" y="{y + 16}">{entry["whole_ms"]:.2f} ms</text>')
    height = len(entries) * (BAR + 6)
    return f'<svg viewBox="0 0 {WIDTH} {height}" width="100%" role="img">{"".join(bars)}</svg>'
