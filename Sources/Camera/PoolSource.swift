import CJPEG
import CPlatform
import PoolScene

/// The built-in pool scene as a camera; with `jpegQuality` in its options it is one that sends MJPEG.
public final class PoolSource: FrameSource {
    private let options: SceneOptions
    private let scene: PoolScene
    private var image: RGBImage
    private var raw: UnsafeMutableRawBufferPointer
    private var coded: UnsafeMutablePointer<UInt8>?
    private let live: Bool
    private var begin: Int64 = 0
    private var index = -1
    public private(set) var counters = CaptureCounters()

    /// - Parameter live: Frames are due at the scene's rate; those that could not be drawn in time are lost, as with a camera.
    public init(_ options: SceneOptions, live: Bool) {
        self.options = options
        self.live = live
        scene = PoolScene(options)
        image = RGBImage(width: options.width, height: options.height)
        raw = .allocate(byteCount: image.pixels.count, alignment: 64)
    }

    deinit {
        raw.deallocate()
        tp_jpeg_free(coded)
    }

    public var summary: String {
        "pool scene: seed \(options.seed), \(options.swimmers) swimmers, \(options.width)×\(options.height), "
            + "\(options.framesPerSecond) frames a second\(live ? ", live" : "")"
    }

    public func stop() {}

    public func next() throws(CameraError) -> Arrival {
        let previous = index
        index += 1
        if live { waitUntilDue() }
        counters.captured += 1
        counters.lost += index - previous - 1
        let truth = scene.render(frame: index, into: &image)
        // Drawing is this camera's exposure: the picture is as old as its last pixel.
        let captured = tp_monotonic_nanoseconds()
        var frame = Frame(
            width: image.width, height: image.height, format: .rgb24, stride: image.width * 3,
            bytes: UnsafeRawBufferPointer(raw), sequence: index, capturedNanoseconds: captured, truth: truth)
        if let quality = options.jpegQuality {
            frame.format = .mjpeg
            frame.stride = 0
            frame.bytes = try encode(quality)
        } else {
            image.pixels.withUnsafeBytes { raw.copyMemory(from: $0) }
        }
        return .frame(frame)
    }

    private func encode(_ quality: Int) throws(CameraError) -> UnsafeRawBufferPointer {
        tp_jpeg_free(coded)
        coded = nil
        var count = 0
        let width = Int32(image.width)
        let height = Int32(image.height)
        let error = image.pixels.withUnsafeBufferPointer {
            tp_jpeg_encode($0.baseAddress!, width, height, image.width * 3, Int32(quality), &coded, &count)
        }
        guard error == 0 else { throw .damaged("pool scene", "JPEG encoding failed (\(error))") }
        return UnsafeRawBufferPointer(start: coded, count: count)
    }

    private func waitUntilDue() {
        let now = tp_monotonic_nanoseconds()
        if index == 0 { begin = now }
        let period = 1_000_000_000 / Int64(options.framesPerSecond)
        index = max(index, Int((now - begin) / period))
        tp_sleep_until(begin + Int64(index) * period)
    }
}
