"""Runs contenders in turns, so that whatever else the machine does falls on all of them."""
import statistics
import sys
import time

from contenders import ContenderError

STARTS = 5
PAUSE = 0.05  # seconds: a peer's threads spin for a while after its turn


def interleave(contenders, rounds):
    """A row a contender: medians of its turns' medians, and what its start took and holds."""
    rows, turns = [], {contender: [] for contender in contenders}
    failed = {}

    def guarded(contender, step):
        if contender in failed:
            return None
        try:
            return step()
        except (ContenderError, BrokenPipeError) as error:
            failed[contender] = str(error)
            print(f"  {contender.name}: {error}", file=sys.stderr)

    for _ in range(STARTS):
        for contender in contenders:
            guarded(contender, contender.start)
    for number in range(rounds):
        # A rotating order: nobody always follows the same other one.
        for contender in contenders[number % len(contenders):] + contenders[:number % len(contenders)]:
            time.sleep(PAUSE)
            turn = guarded(contender, contender.turn)
            if turn is not None:
                turns[contender].append(turn)
    for contender in contenders:
        facts = guarded(contender, contender.facts)
        contender.stop()
        if contender in failed:
            rows.append({"name": contender.name, "error": failed[contender]})
            continue
        row = {"name": contender.name, "whole_ms": statistics.median(turn.whole for turn in turns[contender])}
        row["least_ms"] = min(turn.least for turn in turns[contender])
        if turns[contender][0].frame is not None:
            row["frame_ms"] = statistics.median(turn.frame for turn in turns[contender])
        rows.append(row | facts)
    return rows
