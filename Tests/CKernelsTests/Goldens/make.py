"""Writes sequence.json: inputs and expected integers of softmax, LSTM steps and additive attention.

    python3 Tests/CKernelsTests/Goldens/make.py

The formulas are those documented at the operators of the model file, written here with Python's exact integers and
floor divisions, on tables that numpy computes in double precision. The file is the same on every run.
"""
import json
import pathlib

import numpy as np

generator = np.random.default_rng(20)


def saturate16(value):
    return max(-32768, min(32767, value))


def requantize(a, multiplier, shift):
    return (a * multiplier + 2 ** (30 + shift)) // 2 ** (31 + shift)


def ints(low, high, *shape):
    """Uniform integers of low to high, both included, some of them the ends."""
    values = generator.integers(low, high + 1, shape)
    ends = generator.random(shape)
    values[ends < 0.1] = low
    values[ends > 0.9] = high
    return values.tolist()


def unary_table(function):
    """513 samples at 2^-12 over -8 to 8, in Q0.15."""
    points = np.arange(-32768, 32769, 128) / 4096
    return [saturate16(int(v)) for v in np.floor(function(points) * 32768 + 0.5)]


def look_up(table, x):
    position, fraction = divmod(x + 32768, 128)
    return (table[position] * (128 - fraction) + table[position + 1] * fraction + 64) // 128


def exponent_tables(scale):
    steps = np.arange(256)
    high = np.floor(np.exp(-256 * steps * scale) * 2**30 + 0.5).astype(int).tolist()
    low = np.floor(np.exp(-steps * scale) * 2**30 + 0.5).astype(int).tolist()
    return high, low


SIGMOID = unary_table(lambda v: 1 / (1 + np.exp(-v)))
TANH = unary_table(np.tanh)
SCORE_EXPONENTS = exponent_tables(1 / 32768)   # of Q0.15


def softmax(row, high, low):
    exponents = []
    for q in row:
        coarse, fine = divmod(max(row) - q, 256)
        exponents.append((high[coarse] * low[fine] + 2**29) // 2**30)
    total = sum(exponents)
    return [min(65535, (e * 65536 + total // 2) // total) for e in exponents]


def softmax_case(kind, scale, rows, count):
    limit = 128 if kind == "int8" else 32768
    high, low = exponent_tables(scale)
    x = ints(-limit, limit - 1, rows, count)
    return {"type": kind, "high": high if kind == "int16" else high[:1], "low": low, "x": x,
            "expected": [softmax(row, high, low) for row in x]}


def lstm_case(kind, cell_bits, units, steps):
    """Gates come in the order input, forget, cell, output; cell and hidden after every step."""
    cell, states, gates = [0] * units, [], []
    for _ in range(steps):
        limit = int(generator.choice([6000, 20000, 32768]))
        inputs, recurrent = ints(-limit, limit - 1, 4 * units), ints(-limit, limit - 1, 4 * units)
        gates.append({"input": inputs, "recurrent": recurrent})
        sums = [saturate16(a + b) for a, b in zip(inputs, recurrent)]
        hidden = []
        for u in range(units):
            i, f = look_up(SIGMOID, sums[u]), look_up(SIGMOID, sums[units + u])
            j, o = look_up(TANH, sums[2 * units + u]), look_up(SIGMOID, sums[3 * units + u])
            scaled = f * cell[u] * 2 ** (15 - cell_bits) + i * j
            cell[u] = saturate16((scaled + 2 ** (29 - cell_bits)) // 2 ** (30 - cell_bits))
            if cell_bits <= 12:
                argument = saturate16(cell[u] * 2 ** (12 - cell_bits))
            else:
                argument = (cell[u] + 2 ** (cell_bits - 13)) // 2 ** (cell_bits - 12)
            product = o * look_up(TANH, argument)
            if kind == "int8":
                hidden.append(max(-128, min(127, (product + 2**22) // 2**23)))
            else:
                hidden.append(saturate16((product + 2**14) // 2**15))
        states.append({"cell": list(cell), "hidden": hidden})
    return {"type": kind, "cellBits": cell_bits, "units": units, "gates": gates, "expected": states}


def attention_case(kind, steps, channels, units):
    limit = 128 if kind == "int8" else 32768
    zero_point = -7 if kind == "int8" else 0
    x = ints(-limit, limit - 1, steps, channels)
    query, key = ints(-32768, 32767, steps, units), ints(-9000, 9000, steps, units)
    weights, bias = ints(-127, 127, units), 12345
    score_multiplier, score_shift = 1518500250, 8
    output_multiplier, output_shift = 2147483647, 15
    output_zero_point = 5
    output = []
    for t in range(steps):
        scores = []
        for u in range(steps):
            hidden = [look_up(TANH, saturate16(a + b)) for a, b in zip(query[t], key[u])]
            total = sum(w * h for w, h in zip(weights, hidden)) + bias
            scores.append(look_up(SIGMOID, saturate16(requantize(total, score_multiplier, score_shift))))
        weightings = softmax(scores, *SCORE_EXPONENTS)
        for c in range(channels):
            total = sum(a * (x[u][c] - zero_point) for u, a in enumerate(weightings))
            y = requantize(total, output_multiplier, output_shift) + output_zero_point
            output.append(max(-limit, min(limit - 1, y)))
    return {"type": kind, "steps": steps, "channels": channels, "units": units, "zeroPoint": zero_point,
            "x": sum(x, []), "query": sum(query, []), "key": sum(key, []), "weights": weights, "bias": bias,
            "scoreMultiplier": score_multiplier, "scoreShift": score_shift, "outputMultiplier": output_multiplier,
            "outputShift": output_shift, "outputZeroPoint": output_zero_point, "expected": output}


goldens = {
    "sigmoid": SIGMOID,
    "tanh": TANH,
    "scoreHigh": SCORE_EXPONENTS[0][:129],
    "scoreLow": SCORE_EXPONENTS[1],
    "softmax": [softmax_case("int8", 0.05, 3, 7), softmax_case("int8", 1.0, 3, 4), softmax_case("int16", 2**-12, 3, 9)],
    "lstm": [lstm_case("int8", 12, 3, 6), lstm_case("int16", 15, 2, 6), lstm_case("int16", 9, 3, 6),
             lstm_case("int8", 13, 2, 6), lstm_case("int16", 0, 2, 3)],
    "attention": [attention_case("int8", 5, 4, 6), attention_case("int16", 4, 3, 5)],
}
path = pathlib.Path(__file__).with_name("sequence.json")
path.write_text(json.dumps(goldens, separators=(",", ":")) + "\n")
