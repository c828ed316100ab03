import Foundation
import PoolScene
import Testing

@testable import Camera

@Suite struct PreprocessorTests {
    static var whole: Box { Box(x0: 0, y0: 0, x1: 1, y1: 1) }

    static func prepare(
        _ pixels: [UInt8], _ width: Int, _ height: Int, format: PixelFormat = .rgb24, stride: Int, crop: Box = whole,
        to outWidth: Int, _ outHeight: Int, swap: Bool = false, isa: String? = nil
    ) throws -> [Int] {
        let preprocessor = Preprocessor(width: outWidth, height: outHeight, swapRedBlue: swap, isa: isa)
        var out = [Int8](repeating: 0, count: outWidth * outHeight * 3)
        try pixels.withUnsafeBytes { bytes in
            let frame = Frame(
                width: width, height: height, format: format, stride: stride, bytes: bytes, sequence: 0,
                capturedNanoseconds: 0)
            try out.withUnsafeMutableBufferPointer { try preprocessor.prepare(frame, crop: crop, into: $0) }
        }
        return out.map { Int($0) + 128 }
    }

    private struct Golden: Decodable {
        var width, height, outWidth, outHeight: Int
        var pixels: [Int]
    }

    /// Pillow rounds to whole levels between its two passes, which here keep 7 more bits: one level is all they may differ by.
    @Test func resizesAsPillowDoes() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Goldens/resize.json")
        let cases = try JSONDecoder().decode([Golden].self, from: Data(contentsOf: file))
        #expect(cases.count == 6)
        for golden in cases {
            let out = try Self.prepare(
                drawnPicture(golden.width, golden.height), golden.width, golden.height, stride: golden.width * 3,
                to: golden.outWidth, golden.outHeight)
            let worst = zip(out, golden.pixels).map { abs($0 - $1) }.max()
            #expect(worst! <= 1, "\(golden.width)×\(golden.height) → \(golden.outWidth)×\(golden.outHeight)")
        }
    }

    @Test func equalSizeIsACopy() throws {
        let pixels = drawnPicture(23, 17)
        #expect(try Self.prepare(pixels, 23, 17, stride: 69, to: 23, 17) == pixels.map(Int.init))
    }

    @Test func aCropIsAsIfItWereThePicture() throws {
        let pixels = drawnPicture(40, 30)
        let crop = Box(x0: 10 / 40, y0: 6 / 30, x1: 30 / 40, y1: 24 / 30)
        var cut: [UInt8] = []
        for y in 6..<24 { cut += pixels[(y * 40 + 10) * 3..<(y * 40 + 30) * 3] }
        #expect(
            try Self.prepare(pixels, 40, 30, stride: 120, crop: crop, to: 9, 9)
                == Self.prepare(cut, 20, 18, stride: 60, to: 9, 9))
    }

    @Test func aCropOutsideTheFrameRepeatsTheBorder() throws {
        let pixels = [UInt8](repeating: 0, count: 10 * 10 * 3).enumerated().map { i, _ in UInt8(i / 3 % 10 * 20) }
        let out = try Self.prepare(
            pixels, 10, 10, stride: 30, crop: Box(x0: -0.5, y0: -0.5, x1: 1.5, y1: 1.5), to: 20, 20)
        for y in 0..<20 {
            for x in 0..<20 { #expect(out[(y * 20 + x) * 3] == min(max(x - 5, 0), 9) * 20) }
        }
    }

    @Test func blueAndRedChangePlaces() throws {
        let pixels = drawnPicture(8, 8)
        let straight = try Self.prepare(pixels, 8, 8, stride: 24, to: 5, 5)
        let swapped = try Self.prepare(pixels, 8, 8, stride: 24, to: 5, 5, swap: true)
        for i in 0..<25 {
            #expect(straight[3 * i] == swapped[3 * i + 2])
            #expect(straight[3 * i + 1] == swapped[3 * i + 1])
        }
    }

    @Test func rowsMayBePadded() throws {
        let pixels = drawnPicture(12, 10)
        var padded: [UInt8] = []
        for y in 0..<10 { padded += pixels[y * 36..<(y + 1) * 36] + [255, 255, 255, 255, 255] }
        #expect(
            try Self.prepare(padded, 12, 10, stride: 41, to: 7, 6) == Self.prepare(pixels, 12, 10, stride: 36, to: 7, 6)
        )
    }

    /// The formula of BT.601 in doubles, rounded: every pair of luma and chroma on a grid.
    @Test(arguments: [PixelFormat.yuyv, .nv12])
    func coloursFollowBT601(format: PixelFormat) throws {
        for y in stride(from: 0, through: 255, by: 17) {
            for u in stride(from: 0, through: 255, by: 51) {
                for v in stride(from: 0, through: 255, by: 51) {
                    let bytes: [UInt8] =
                        format == .yuyv
                        ? Array(repeating: [UInt8(y), UInt8(u), UInt8(y), UInt8(v)], count: 2).flatMap { $0 }
                        : Array(repeating: UInt8(y), count: 4) + [UInt8(u), UInt8(v)]
                    let out = try Self.prepare(
                        bytes, 2, 2, format: format, stride: format == .yuyv ? 4 : 2, to: 2, 2)
                    let luma = 255.0 / 219 * Double(y - 16)
                    let expected = [
                        luma + 255.0 / 112 * 0.701 * Double(v - 128),
                        luma - 255.0 / 112 * 0.886 * 0.114 / 0.587 * Double(u - 128)
                            - 255.0 / 112 * 0.701 * 0.299 / 0.587 * Double(v - 128),
                        luma + 255.0 / 112 * 0.886 * Double(u - 128),
                    ].map { min(max($0, 0), 255) }
                    for c in 0..<3 { #expect(abs(Double(out[c]) - expected[c]) <= 0.51) }
                }
            }
        }
    }

    @Test func everyInstructionSetAgrees() throws {
        let pixels = drawnPicture(61, 47)
        let scalar = try Self.prepare(pixels, 61, 47, stride: 183, to: 33, 21, isa: "scalar")
        for isa in ["sse41", "avx2", "avx512vnni", "neon"] {
            #expect(try Self.prepare(pixels, 61, 47, stride: 183, to: 33, 21, isa: isa) == scalar)
        }
    }

    @Test func framesWithTooFewBytesAreRefused() {
        #expect(throws: CameraError.damaged("frame 0", "too few bytes for its size")) {
            try Self.prepare([UInt8](repeating: 0, count: 299), 10, 10, stride: 30, to: 4, 4)
        }
        #expect(throws: CameraError.self) {
            try Self.prepare([UInt8](repeating: 0, count: 400), 10, 10, stride: 29, to: 4, 4)
        }
    }

    @Test func strangeCropsNeitherTrapNorRead() throws {
        let pixels = drawnPicture(10, 10)
        for edge in [Float.nan, -.infinity, .infinity, -1e30, 1e30, 0.5] {
            let crop = Box(x0: edge, y0: 0.9, x1: 0.2, y1: edge)
            #expect(try Self.prepare(pixels, 10, 10, stride: 30, crop: crop, to: 3, 3).count == 27)
        }
    }
}

@Suite struct ResizePlanTests {
    @Test func weightsSumToOneAndStayInside() {
        let plan = ResizePlan()
        for input in [1, 2, 3, 5, 17, 100, 640, 4000] {
            for output in [1, 2, 7, 100, 198] {
                plan.plan(from: input, to: output)
                for i in 0..<output {
                    let weights = plan.weights[i * plan.taps..<(i + 1) * plan.taps]
                    #expect(weights.reduce(0) { $0 + Int($1) } == 1 << 14)
                    #expect(weights.allSatisfy { $0 >= 0 })
                    #expect(plan.first[i] >= 0 && Int(plan.first[i]) + plan.taps <= input)
                }
            }
        }
    }

    /// The same filter in doubles, normalised: no weight is off by more than its rounding and the shared remainder.
    @Test func weightsAreTheTriangleFilters() {
        let plan = ResizePlan()
        for (input, output) in [(200, 128), (37, 16), (11, 24), (640, 100)] {
            plan.plan(from: input, to: output)
            let scale = Double(input) / Double(output)
            for i in 0..<output {
                let centre = (Double(i) + 0.5) * scale - 0.5
                let ideal = (0..<input).map { max(0, 1 - abs(Double($0) - centre) / max(1, scale)) }
                let sum = ideal.reduce(0, +)
                for j in 0..<input {
                    let tap = j - Int(plan.first[i])
                    let weight = (0..<plan.taps).contains(tap) ? Double(plan.weights[i * plan.taps + tap]) : 0
                    #expect(abs(weight - ideal[j] / sum * 16384) <= Double(plan.taps))
                }
            }
        }
    }
}
