import CPlatform

/// A collection of JPEGs as a source: every picture once, in order.
public final class PictureSequence: FrameSource {
    private let collection: PictureCollection
    private var index = 0
    public private(set) var counters = CaptureCounters()

    public init(_ collection: PictureCollection) { self.collection = collection }

    public var summary: String { "\(collection.path): \(collection.names.count) JPEG pictures" }

    public func stop() {}

    public func next() throws(CameraError) -> Arrival {
        guard index < collection.names.count else { return .end }
        defer { index += 1 }
        counters.captured += 1
        let bytes = try collection.bytes(at: index)
        return .frame(
            Frame(
                width: 0, height: 0, format: .mjpeg, stride: 0, bytes: bytes, sequence: index,
                capturedNanoseconds: tp_monotonic_nanoseconds(), name: collection.path(of: index)))
    }
}
