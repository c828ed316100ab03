import Foundation

/// What pictures are like on average: the training set's in a recipe, or a calibration set's.
struct ColourStatistics: Codable, Equatable {
    /// Of red, green and blue, 0…255.
    var mean: [Double]
    /// How much the means of single pictures differ: the standard deviation, of each colour.
    var deviation: [Double]
    /// The standard deviation among pictures of their mean red minus blue.
    var warmth: Double?

    /// The mean red minus blue.
    var redMinusBlue: Double { mean[0] - mean[2] }

    /// - Parameter samples: pixel − 128, in the order red, green, blue unless `swapped`.
    init(_ samples: [Sample], swapped: Bool) {
        let means = samples.map { sample -> [Double] in
            var sums = [0, 0, 0]
            for pixel in stride(from: 0, to: sample.pixels.count, by: 3) {
                for colour in 0..<3 { sums[colour] += Int(sample.pixels[pixel + colour]) + 128 }
            }
            let colours = sums.map { Double($0) / Double(max(1, sample.pixels.count / 3)) }
            return swapped ? colours.reversed() : colours
        }
        func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
            let mean = values.reduce(0, +) / Double(max(1, values.count))
            let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, values.count))
            return (mean, square.squareRoot())
        }
        let colours = (0..<3).map { colour in moments(means.map { $0[colour] }) }
        mean = colours.map(\.mean)
        deviation = colours.map(\.deviation)
        warmth = moments(means.map { $0[0] - $0[2] }).deviation
    }
}
