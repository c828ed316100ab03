"""What is asked of this project's speed, held against what a comparison measured."""
import dataclasses

MEGABYTE = 1e6
LITERT = "LiteRT int8"


@dataclasses.dataclass
class Target:
    measure: str
    target: str
    value: str
    met: bool | None  # None: reported only

    @classmethod
    def at_most(cls, measure, value, limit, detail=""):
        return cls(measure, f"≤ {limit:.3g}", f"{value:.3f}{detail}", value <= limit)

    @classmethod
    def at_least(cls, measure, value, limit, detail=""):
        return cls(measure, f"≥ {limit:.3g}", f"{value:.3f}{detail}", value >= limit)


def targets(result):
    rows = []
    for network in dict.fromkeys(title.split(",")[0] for title in result["networks"]):
        one, two = (result["networks"].get(f"{network}, {threads}", []) for threads in ("1 thread", "2 threads"))
        for threads, field in (("1 thread", one), ("2 threads", two)):
            rows += against(f"{network}, {threads}: our time / the best peer's", field, "Tidepool", 0.5)
            rows += against(f"{network}, {threads}: load to first result, ours / the best peer's", field, "Tidepool",
                            0.5, key="first_ms")
        if measured(one, "Tidepool") and measured(two, "Tidepool"):
            gain = measured(one, "Tidepool")["whole_ms"] / measured(two, "Tidepool")["whole_ms"]
            rows.append(Target.at_least(f"{network}: our own gain from a second thread", gain, 1.8))
        rows += streaming(network, one)
        rows += against(f"{network}, AVX2 only: our time / LiteRT's", one, "Tidepool, avx2 only", 0.7, LITERT)
        rows += against(f"{network}, SSE4.1 only: our time / LiteRT's", one, "Tidepool, sse41 only", None, LITERT)
        rows += memory(network, one)
        rows += share_of_peak(network, result["peaks"].get(network, {}))
        if network in result.get("allocations", {}):
            count = result["allocations"][network]
            rows.append(Target(f"{network}: allocations a frame", "0", str(count), count == 0))
    for core, row in result.get("arm", {}).items():
        rows += instructions(core, row)
    return rows


def measured(field, name):
    return next((row for row in field if row["name"] == name and "error" not in row), None)


def against(measure, field, name, limit, peer=None, key="whole_ms"):
    """Our row against the best peer's, or against that of one peer."""
    ours = measured(field, name)
    others = [row for row in field if not row["name"].startswith("Tidepool") and key in row]
    others = [row for row in others if peer in (None, row["name"])]
    if ours is None or not others:
        return []
    best = min(others, key=lambda row: row[key])
    ratio, detail = ours[key] / best[key], f" ({ours[key]:.2f} ms; {best['name']}: {best[key]:.2f} ms)"
    if key == "whole_ms":
        detail += f"; of the least times {ours['least_ms'] / min(row['least_ms'] for row in others):.3f}"
    if limit is None:
        return [Target(measure, "report", f"{ratio:.3f}{detail}", None)]
    return [Target.at_most(measure, ratio, limit, detail)]


def streaming(network, field):
    ours = measured(field, "Tidepool")
    if ours is None or ours["frame_ms"] == ours["whole_ms"]:
        return []
    detail = f" ({ours['frame_ms']:.2f} ms; {ours['whole_ms']:.2f} ms)"
    ratio = ours["frame_ms"] / ours["whole_ms"]
    return [Target.at_most(f"{network}: one more frame / whole clip", ratio, 1 / 12, detail)]


def memory(network, field):
    ours = measured(field, "Tidepool")
    if ours is None:
        return []
    arena, packed = ours["arena_bytes"] / MEGABYTE, ours["packed_bytes"] / MEGABYTE
    return [Target.at_most(f"{network}: arena, MB", arena, 6, f" (and {packed:.1f} MB of packed weights)")]


def share_of_peak(network, peaks):
    rows = []
    for key, limit, what in (("clip", 0.7, "in a clip"), ("frame", 0.45, "in one frame")):
        if key in peaks:
            detail = f" of {peaks['peak_gmacs']:.0f} GMAC/s"
            rows.append(Target.at_least(f"{network}: 1×1 convolutions {what}, of the peak", peaks[key], limit, detail))
    return rows


def instructions(core, row):
    detail = f" ({row['ours'] / 1e6:.1f} M; {row['litert'] / 1e6:.1f} M)"
    return [Target.at_most(f"{core}: instructions, ours / LiteRT's", row["ours"] / row["litert"], 0.6, detail)]
