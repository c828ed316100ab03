import Foundation

/// The tables that operators look things up in, computed in double precision.
public enum Tables {
    /// int16 at 2⁻¹² → Q0.15, 513 entries.
    public static let sigmoid = table { 32_768 / (1 + exp(-$0)) }
    public static let tanh = table { 32_768 * Foundation.tanh($0) }

    /// e^(−d·scale) = high[d >> 8]·low[d & 255], both Q30.
    public static func exponentials(scale: Double) -> (high: [Int32], low: [Int32]) {
        func entries(_ step: Double) -> [Int32] {
            (0..<256).map { Int32((exp(-Double($0) * step) * 0x1p30).rounded()) }
        }
        return (entries(256 * scale), entries(scale))
    }

    private static func table(_ function: (Double) -> Double) -> [Int16] {
        (0...512).map { Int16(clamping: Int(function(Double($0 * 128 - 32_768) / 4_096).rounded())) }
    }
}
