import CKernels
import CPlatform

/// Multiply-adds a nanosecond that one core makes at best with an instruction set, measured here and now: the highest
/// of a few short runs, since whatever disturbs them only makes them slower.
func measurePeak(isa name: String) -> Double {
    let index = tk_isa_named(name)
    guard index >= 0 else { return 0 }
    let isa = tk_isa(UInt32(index))
    var iterations: Int64 = 1024
    var best = 0.0
    var runs = 0
    while runs < 8 {
        let begin = tp_monotonic_nanoseconds()
        let multiplyAdds = tk_peak_multiply_adds(isa, iterations)
        let time = tp_monotonic_nanoseconds() - begin
        guard multiplyAdds > 0 else { return 0 }
        // Long enough for the clock, short enough to fall between interruptions.
        guard time >= 500_000 else {
            iterations *= 2
            continue
        }
        best = max(best, Double(multiplyAdds) / Double(time))
        runs += 1
    }
    return best
}
