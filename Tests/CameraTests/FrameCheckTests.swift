import Testing

@testable import Camera

@Suite struct FrameCheckTests {
    private let jpegs = FrameCheck(
        mode: CaptureMode(format: .mjpeg, width: 32, height: 16, stride: 0, milliHertz: 30_000))
    private let picture = SimulatedPicture.jpeg(32, 16, number: 7)

    private func fault(_ bytes: [UInt8]) -> FrameFault? {
        bytes.withUnsafeBytes { jpegs.fault(in: $0, isMarked: false) }
    }

    @Test func soundPicturesPass() {
        #expect(fault(picture) == nil)
        #expect(fault(picture + [UInt8](repeating: 0, count: 500)) == nil)
        #expect(fault(picture + [1, 2, 3, 0, 0]) == nil)
        // Fill bytes before a marker.
        #expect(fault(picture[..<2] + [0xFF, 0xFF] + picture[2...]) == nil)
    }

    @Test func brokenOnesAreNamed() {
        #expect(picture.withUnsafeBytes { jpegs.fault(in: $0, isMarked: true) } == .damaged)
        #expect(fault([]) == .short)
        #expect(fault([0xFF, 0xD8, 0xFF]) == .short)
        #expect(fault(Array(picture.dropFirst(2))) == .headless)
        #expect(fault([UInt8](repeating: 0, count: 3000)) == .headless)
        #expect(fault(SimulatedPicture.jpeg(32, 24, number: 1)) == .wrongSize)
        #expect(fault(Array(picture.dropLast(2))) == .truncated)
        #expect(fault(Array(picture.dropLast(2)) + [UInt8](repeating: 0, count: 500)) == .truncated)
        #expect(fault([0xFF, 0xD8, 0xFF, 0xD9, 0, 0, 0]) == .damaged)
        #expect(fault([0xFF, 0xD8, 1, 2, 3, 4, 5, 6]) == .damaged)
        // The coded data begin before the size was said.
        #expect(fault([0xFF, 0xD8, 0xFF, 0xDA, 0, 2, 0xFF, 0xD9]) == .damaged)
    }

    @Test func everyCutIsCaught() {
        for length in 0..<picture.count {
            let cut = Array(picture[..<length])
            #expect(fault(cut) != nil)
            #expect(fault(cut + [UInt8](repeating: 0, count: 64)) != nil)
        }
    }

    /// Anything may come over a cable. What is handed on has at least the agreed size and an end.
    @Test func noBytesTrap() {
        var random = Random(seed: 11)
        for _ in 0..<20_000 {
            var bytes = picture
            for _ in 0..<1 + Int(random.next() % 8) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            bytes.removeLast(Int(random.next() % UInt64(bytes.count)))
            _ = fault(bytes)
        }
    }

    @Test(arguments: [PixelFormat.yuyv, .nv12, .rgb24])
    func rawFramesNeedAllTheirBytes(format: PixelFormat) {
        let stride = format.minimumStride(width: 33)
        let check = FrameCheck(
            mode: CaptureMode(format: format, width: 33, height: 15, stride: stride, milliHertz: 0))
        let count = format.byteCount(height: 15, stride: stride)
        for (size, expected) in [(count, nil), (count + 100, nil), (count - 1, FrameFault.short), (0, .short)] {
            let bytes = [UInt8](repeating: 1, count: size)
            #expect(bytes.withUnsafeBytes { check.fault(in: $0, isMarked: false) } == expected)
        }
    }
}
