// Own approximations: the C library's differ between machines in the last bit, and the scene must not.
// Only +, −, ×, ÷ and the square root occur, which IEEE 754 rounds in one way.

/// The fractional part, 0..<1.
func fraction(_ value: Double) -> Float {
    let part = value - Double(Int64(value))
    let wrapped = Float(part < 0 ? part + 1 : part)
    return wrapped < 1 ? wrapped : 0
}

/// sin(2π·turns), error below 1e-4, for |turns| < 1e6.
func sine(turns: Float) -> Float {
    let nearest = Float(Int32(turns + (turns < 0 ? -0.5 : 0.5)))
    var x = turns - nearest  // −½…½
    if x > 0.25 { x = 0.5 - x }
    if x < -0.25 { x = -0.5 - x }
    let y = x * 6.2831855
    let y2 = y * y
    return y * (1 + y2 * (-0.16666667 + y2 * (0.008333333 + y2 * -0.00019841270)))
}

func cosine(turns: Float) -> Float {
    sine(turns: turns + 0.25)
}

/// e^−x for x ≥ 0, as the 16th power of a short series.
func decay(_ x: Float) -> Float {
    let part = min(x, 80) * (1 / 16)
    let series = 1 + part * (1 + part * (0.5 + part * (0.16666667 + part * 0.041666668)))
    let inverse = 1 / series
    let squared = inverse * inverse
    let fourth = squared * squared
    let eighth = fourth * fourth
    return eighth * eighth
}

/// The largest whole number not above `value`, for |value| < 2³¹.
func floor(_ value: Float) -> Float {
    let whole = Float(Int32(value))
    return whole > value ? whole - 1 : whole
}

func mix(_ from: Float, _ to: Float, _ amount: Float) -> Float {
    from + (to - from) * amount
}

func clamp(_ value: Float, _ low: Float, _ high: Float) -> Float {
    value < low ? low : (value > high ? high : value)
}

/// 0 below `low`, 1 above `high`, 3x² − 2x³ between.
func smoothstep(_ low: Float, _ high: Float, _ value: Float) -> Float {
    let x = clamp((value - low) / (high - low), 0, 1)
    return x * x * (3 - 2 * x)
}
