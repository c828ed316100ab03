/// One period of a rippled surface, 256 × 256 texels: slopes, and the light that it focuses on the floor.
///
/// A texel holds slope x (signed byte 0), slope y (signed byte 1), caustic intensity (byte 2, mean 80), and
/// height (byte 3, mean 128).
final class WaveTable {
    static let size = 256
    let texels: UnsafeMutablePointer<UInt32>
    private let storage: Plane<UInt32>

    private struct Wave {
        var kx: Int
        var ky: Int
        var phase: Int
        var amplitude: Float
    }

    init(_ random: inout Random) {
        let size = WaveTable.size, count = size * size
        storage = Plane(count: count, repeating: 0)
        texels = storage.base
        let waves = WaveTable.spectrum(&random)
        let slopeX = Plane<Float>(count: count, repeating: 0)
        let slopeY = Plane<Float>(count: count, repeating: 0)
        let heights = Plane<Float>(count: count, repeating: 0)
        WaveTable.sum(waves, slopeX, slopeY, heights)
        let light = WaveTable.caustics(slopeX, slopeY)
        for i in 0..<count {
            let x = clamp(slopeX.base[i] * 46, -127, 127), y = clamp(slopeY.base[i] * 46, -127, 127)
            let caustic = clamp(light.base[i], 0, 255), height = clamp(128 + heights.base[i] * 40, 0, 255)
            texels[i] = UInt32(UInt8(bitPattern: Int8(x))) | UInt32(UInt8(bitPattern: Int8(y))) &<< 8
                | UInt32(caustic) &<< 16 | UInt32(height) &<< 24
        }
    }

    /// Waves with whole numbers of periods in the table, mostly along one direction, the shorter the less steep.
    private static func spectrum(_ random: inout Random) -> [Wave] {
        let wind = random.unit()
        return (0..<26).map { index in
            let frequency = 2.2 + Float(index) * 0.62
            let direction = wind + random.between(-0.21, 0.21) + (index & 3 == 3 ? 0.25 : 0)
            var kx = Int(frequency * cosine(turns: direction) + 16.5) - 16
            let ky = Int(frequency * sine(turns: direction) + 16.5) - 16
            if kx == 0, ky == 0 { kx = 1 }
            let steepness = random.between(0.5, 1) / (1 + frequency * 0.1)
            return Wave(kx: kx, ky: ky, phase: random.below(1024), amplitude: steepness * 0.42)
        }
    }

    private static func sum(_ waves: [Wave], _ slopeX: Plane<Float>, _ slopeY: Plane<Float>, _ heights: Plane<Float>) {
        let circle = (0..<1024).map { sine(turns: Float($0) / 1024) }
        for wave in waves {
            let k = Float(wave.kx * wave.kx + wave.ky * wave.ky).squareRoot()
            let ax = wave.amplitude * Float(wave.kx) / k, ay = wave.amplitude * Float(wave.ky) / k
            let height = wave.amplitude * 4 / k
            for row in 0..<size {
                for column in 0..<size {
                    let angle = (wave.kx * column + wave.ky * row) * 4 + wave.phase
                    let cosine = circle[(angle + 256) & 1023]
                    let i = row * size + column
                    slopeX.base[i] += ax * cosine
                    slopeY.base[i] += ay * cosine
                    heights.base[i] += height * circle[angle & 1023]
                }
            }
        }
    }

    /// Sends one ray of light through every texel and counts where on the floor the refracted rays land.
    private static func caustics(_ slopeX: Plane<Float>, _ slopeY: Plane<Float>) -> Plane<Float> {
        let light = Plane<Float>(count: size * size, repeating: 0)
        let focus: Float = 7
        for row in 0..<size {
            for column in 0..<size {
                let i = row * size + column
                let x = Float(column + size) - slopeX.base[i] * focus, y = Float(row + size) - slopeY.base[i] * focus
                let left = Int(x), top = Int(y)
                let fx = x - Float(left), fy = y - Float(top)
                let x0 = left & 255, x1 = (left + 1) & 255, y0 = (top & 255) * size, y1 = ((top + 1) & 255) * size
                light.base[y0 + x0] += 80 * (1 - fx) * (1 - fy)
                light.base[y0 + x1] += 80 * fx * (1 - fy)
                light.base[y1 + x0] += 80 * (1 - fx) * fy
                light.base[y1 + x1] += 80 * fx * fy
            }
        }
        return smoothed(smoothed(light))
    }

    /// A 1-2-1 filter both ways, round the table's edges.
    private static func smoothed(_ from: Plane<Float>) -> Plane<Float> {
        let rows = Plane<Float>(count: size * size, repeating: 0), to = Plane<Float>(count: size * size, repeating: 0)
        for i in 0..<size * size {
            let row = i & ~255
            rows.base[i] = 0.25 * (from.base[row | (i - 1) & 255] + from.base[row | (i + 1) & 255]) + 0.5 * from.base[i]
        }
        for i in 0..<size * size {
            let above = (i - size) & (size * size - 1), below = (i + size) & (size * size - 1)
            to.base[i] = 0.25 * (rows.base[above] + rows.base[below]) + 0.5 * rows.base[i]
        }
        return to
    }
}
