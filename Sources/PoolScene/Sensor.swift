/// What the camera does to the light: defocus, wandering exposure and white balance, noise.
struct Sensor {
    private let options: SceneOptions
    private let width: Int
    private let height: Int
    private let scratch: Plane<UInt8>
    private let curve: Plane<UInt8>

    init(options: SceneOptions) {
        self.options = options
        width = options.width
        height = options.height
        scratch = Plane(count: options.blur > 0 ? width * height * 3 : 0, repeating: 0)
        curve = Plane(count: 3 * 256, repeating: 0)
    }

    func expose(_ out: UnsafeMutablePointer<UInt8>, frame: Int, time: Double) {
        if options.blur > 0 { defocus(out) }
        if options.exposureDrift > 0 { drift(out, time) }
        if options.noise > 0 { addNoise(out, frame) }
    }

    /// Two passes of a box along rows and columns: nearly a tent.
    private func defocus(_ out: UnsafeMutablePointer<UInt8>) {
        let radius = max(Int(options.blur * Float(width) * (4.0 / 640) + 0.5), 1)
        for _ in 0..<2 {
            for y in 0..<height {
                boxBlur(out + y * width * 3, scratch.base + y * width * 3, count: width, step: 3, radius)
            }
            for x in 0..<width {
                boxBlur(scratch.base + x * 3, out + x * 3, count: height, step: width * 3, radius)
            }
        }
    }

    /// A running mean over 2·radius + 1 pixels, the border repeated.
    private func boxBlur(
        _ from: UnsafePointer<UInt8>, _ to: UnsafeMutablePointer<UInt8>, count: Int, step: Int, _ radius: Int
    ) {
        let window = Int32(2 * radius + 1)
        let reciprocal = (65536 + window / 2) / window
        for channel in 0..<3 {
            var sum: Int32 = 0
            for i in -radius...radius { sum += Int32(from[min(max(i, 0), count - 1) * step + channel]) }
            for i in 0..<count {
                to[i &* step &+ channel] = UInt8(truncatingIfNeeded: min((sum &* reciprocal &+ 32768) &>> 16, 255))
                sum &+= Int32(from[min(i &+ radius &+ 1, count &- 1) &* step &+ channel])
                sum &-= Int32(from[max(i &- radius, 0) &* step &+ channel])
            }
        }
    }

    private func drift(_ out: UnsafeMutablePointer<UInt8>, _ time: Double) {
        var random = Random(seed: options.seed, 6)
        let slow = fraction(time * 0.11 + Double(random.unit())), tint = fraction(time * 0.07 + Double(random.unit()))
        let exposure = 1 + options.exposureDrift * 0.28 * sine(turns: slow)
        let warmth = options.exposureDrift * 0.08 * sine(turns: tint)
        for (channel, gain) in [exposure * (1 + warmth), exposure, exposure * (1 - warmth)].enumerated() {
            for value in 0..<256 {
                curve.base[channel * 256 + value] = UInt8(clamp(Float(value) * gain + 0.5, 0, 255))
            }
        }
        var i = 0
        while i < width * height * 3 {
            out[i] = curve.base[Int(out[i])]
            out[i &+ 1] = curve.base[256 &+ Int(out[i &+ 1])]
            out[i &+ 2] = curve.base[512 &+ Int(out[i &+ 2])]
            i &+= 3
        }
    }

    /// Triangular noise from one xorshift stream a frame (Marsaglia 2003), a little stronger in the shadows.
    private func addNoise(_ out: UnsafeMutablePointer<UInt8>, _ frame: Int) {
        var random = Random(seed: options.seed, 7, frame)
        var state = random.bits() | 1
        let gain = Int32(options.noise * 64)
        for i in 0..<width * height * 3 {
            if i & 3 == 0 {
                state ^= state &<< 13
                state ^= state &>> 7
                state ^= state &<< 17
            }
            let bits = Int32(truncatingIfNeeded: state &>> (UInt64(i & 3) &* 16))
            let noise = (bits & 255) &- (bits &>> 8 & 255)
            let value = Int32(out[i])
            out[i] = UInt8(truncatingIfNeeded: min(max(value &+ (noise &* gain &* (320 &- value)) &>> 16, 0), 255))
        }
    }
}
