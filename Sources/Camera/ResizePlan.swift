/// Where every output pixel of a line comes from, and with which weights: bilinear, widened to the source's spacing when the
/// picture gets smaller (antialiasing), as training tools resize.
///
/// Output i is centred at c = (i + 1/2)·n/m − 1/2 in a source of n pixels shrunk to m; source pixel j weighs
/// max(0, 1 − |j − c| / max(1, n/m)). All of it in whole numbers of 1/(2m), so that every machine has the same plan; the
/// weights are then scaled to a sum of exactly 2^14, the remainders going to the largest.
final class ResizePlan {
    private(set) var inputLength = 0
    private(set) var outputLength = 0
    /// Weights per output pixel.
    private(set) var taps = 0
    /// First source pixel of each output pixel; first + taps ≤ inputLength.
    private(set) var first: [Int32] = []
    /// `[outputLength][taps]`, units of 2^-14.
    private(set) var weights: [Int16] = []

    init() {}

    /// Plans anew, in the memory of the last plan where that suffices.
    func plan(from inputLength: Int, to outputLength: Int) {
        if inputLength == self.inputLength, outputLength == self.outputLength { return }
        self.inputLength = inputLength
        self.outputLength = outputLength
        let reach = 2 * max(inputLength, outputLength)
        taps = min(inputLength, 2 * ((reach + 2 * outputLength - 1) / (2 * outputLength)) + 1)
        first.removeAll(keepingCapacity: true)
        weights.removeAll(keepingCapacity: true)
        for i in 0..<outputLength {
            let centre = (2 * i + 1) * inputLength - outputLength
            let lowest = Self.floorDivide(centre - reach, by: 2 * outputLength) + 1
            let start = min(max(lowest, 0), inputLength - taps)
            first.append(Int32(start))
            appendWeights { j in max(0, reach - abs(2 * outputLength * (start + j) - centre)) }
        }
    }

    private func appendWeights(_ weight: (Int) -> Int) {
        var sum = 0
        for j in 0..<taps { sum += weight(j) }
        var missing = 1 << 14
        var largest = 0
        for j in 0..<taps {
            let share = (weight(j) << 14) / sum
            missing -= share
            if weight(j) > weight(largest) { largest = j }
            weights.append(Int16(share))
        }
        // At most `taps` units, so the sum is exact and no weight moves visibly.
        weights[weights.count - taps + largest] += Int16(missing)
    }

    private static func floorDivide(_ a: Int, by b: Int) -> Int { a >= 0 ? a / b : -((-a + b - 1) / b) }
}
