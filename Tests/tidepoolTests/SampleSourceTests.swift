import Foundation
import Recognition
import Testing

@testable import tidepool

/// Every kind of place that calibration samples come from.
@Suite struct SampleSourceTests {
    private static let picture = InputShape(frames: 1, height: 4, width: 6, swapRedBlue: false)

    private static func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8($0 * 37 % 251) } }

    @Test func anArchiveGivesTheArrayThatFits() throws {
        let scratch = Scratch()
        var archive = NumpyArchive()
        archive.append("labels", NumpyArray(.int32, shape: [3], [Int32](repeating: 1, count: 3)))
        archive.append("x", NumpyArray(.uint8, shape: [3, 4, 6, 3], Self.bytes(216)))
        try archive.write(to: scratch.path + "/set.npz")
        let set = try InputSet(path: scratch.path + "/set.npz", shape: Self.picture)
        let samples = try set.load(0..<3)
        #expect(samples.flatMap { $0.pixels.map { UInt8(Int($0) + 128) } } == Self.bytes(216))
        let files = try set.loadedFiles()
        #expect(files.count == 1 && files[0].name == "set.npz" && files[0].size > 216)
    }

    @Test func anArchiveWithoutAFittingArrayNamesWhatItHolds() throws {
        let scratch = Scratch()
        var archive = NumpyArchive()
        archive.append("frames", NumpyArray(.uint8, shape: [2, 5, 5, 3], Self.bytes(150)))
        try archive.write(to: scratch.path + "/set.npz")
        let error = #expect(throws: CommandError.self) {
            try InputSet(path: scratch.path + "/set.npz", shape: Self.picture)
        }
        #expect("\(error!)".contains("frames [2, 5, 5, 3]") && "\(error!)".contains("[4, 6, 3]"))
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: scratch.path + "/cut.npz"))
        #expect(throws: CommandError.self) { try InputSet(path: scratch.path + "/cut.npz", shape: Self.picture) }
    }

    @Test(arguments: [
        (Float(0), Float(1), "multiply by 255"), (-1, 1, "127.5"), (-2.1, 2.6, "deviation"), (-300, 300, "pictures are"),
    ])
    func floatsOfAnotherScaleAreNamed(_ low: Float, _ high: Float, _ advice: String) throws {
        let scratch = Scratch()
        let values = (0..<72).map { low + (high - low) * Float($0) / 71 }
        let path = scratch.path + "/x.npy"
        try NumpyArray(.float32, shape: [1, 4, 6, 3], values).encoded.write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: CommandError.self) { try InputSet(path: path, shape: Self.picture) }
        #expect("\(error!)".contains(advice) && "\(error!)".contains(path))
    }

    @Test func theBuiltInPoolStandsInForACamera() throws {
        let shape = InputShape(frames: 1, height: 16, width: 16, swapRedBlue: false)
        let whole = try InputSet(path: "pool:seed=4", shape: shape, capture: CaptureOptions(limit: 3, interval: 0.1))
        let samples = try whole.load(0..<3)
        #expect(samples.count == 3 && Set(samples.map(\.pixels)).count == 3)
        var clips = shape
        clips.frames = 2
        let capture = CaptureOptions(limit: 4, interval: 0, regions: .truth)
        let swimmers = try InputSet(path: "pool:seed=4,swimmers=2", shape: clips, capture: capture)
        #expect(swimmers.names.count == 4)
        #expect(try swimmers.load(0..<4).allSatisfy { $0.pixels.count == 2 * 16 * 16 * 3 })
        #expect(try swimmers.loadedFiles().count == 4)
    }

    @Test func aCameraThatIsNotThereIsAnError() {
        #expect(throws: (any Error).self) { try InputSet(path: "/dev/no-such-camera", shape: Self.picture) }
    }

    @Test func pixmapsAreReadOneAfterTheOther() {
        let file = Data("P6\n2 1\n255\n".utf8) + Data([1, 2, 3, 4, 5, 6]) + Data("P6 1 1 255 ".utf8) + Data([7, 8, 9])
        var pictures = PortablePixmaps(file)
        let first = pictures.next()
        #expect(first?.width == 2 && first?.height == 1 && first.map { Array($0.pixels) } == [1, 2, 3, 4, 5, 6])
        #expect(pictures.next().map { Array($0.pixels) } == [7, 8, 9])
        #expect(pictures.next() == nil)
        for count in 0..<file.count {
            var cut = PortablePixmaps(file.prefix(count))
            while cut.next() != nil {}
        }
    }

    private static var hasFFmpeg: Bool {
        ["/usr/bin/ffmpeg", "/usr/local/bin/ffmpeg"].contains { FileManager.default.isExecutableFile(atPath: $0) }
    }

    @Test(.enabled(if: hasFFmpeg, "ffmpeg is not installed"))
    func aVideoGivesItsFrames() throws {
        let scratch = Scratch()
        let path = scratch.path + "/test.avi"
        _ = try Tool.run(
            "ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=64x48:rate=10:duration=2", "-c:v", "mjpeg", path],
            about: path)
        var shape = InputShape(frames: 3, height: 24, width: 32, swapRedBlue: false)
        shape.stride = 2
        let set = try InputSet(path: path, shape: shape)
        #expect(set.names == ["0.000 s", "0.600 s", "1.200 s"])
        let samples = try set.load(0..<3)
        #expect(samples.count == 3 && Set(samples.map(\.pixels)).count == 3)
        let halves = try RegionSource(parsing: ["0,0,0.5,1", "0.5,0,1,1"])
        #expect(try InputSet(path: path, shape: shape, capture: CaptureOptions(regions: halves)).names.count == 6)
        try Data("no video".utf8).write(to: URL(fileURLWithPath: path))
        #expect(throws: CommandError.self) { try InputSet(path: path, shape: shape) }
    }

    @Test func digestsAreThoseOfSha256sum() {
        let digest = Array("abc".utf8).withUnsafeBytes(hexadecimalSHA256)
        #expect(digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}
