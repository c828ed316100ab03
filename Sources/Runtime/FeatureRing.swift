/// The features of the last frames of one swimmer, as the clip program reads them.
///
/// Each frame is stored twice, `frames` slots apart, so that any window of `frames` slots lies in one piece: nothing
/// is moved when the oldest frame goes.
public final class FeatureRing {
    /// Frames in a clip.
    public let frames: Int
    /// One mirrored buffer for each output of the frame program.
    private let features: [UnsafeMutableRawBufferPointer]
    /// The slot, below `frames`, that the next frame goes to; once full, also the oldest frame's.
    private var next = 0
    private var stored = 0

    /// - Parameter byteCounts: the size of each feature of one frame.
    init(frames: Int, byteCounts: [Int]) {
        self.frames = frames
        features = byteCounts.map { byteCount in
            UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * frames * byteCount, alignment: ArenaPlan.alignment)
        }
    }

    deinit {
        for feature in features { feature.deallocate() }
    }

    /// Outputs of the frame program.
    var featureCount: Int { features.count }

    /// Whether there are enough frames to decide.
    public var isFull: Bool { stored == frames }

    /// Forgets all frames, as after a gap in the video.
    public func reset() {
        next = 0
        stored = 0
    }

    /// Stores one frame; `address(i)` is where its feature i is.
    func push(_ address: (Int) -> UnsafeRawPointer) {
        store(slot: next, address)
        next = (next + 1) % frames
        stored = min(stored + 1, frames)
    }

    /// Stores frame `slot` of a whole clip, on any thread. `fill` says when all are there.
    func store(slot: Int, _ address: (Int) -> UnsafeRawPointer) {
        for index in 0..<features.count {
            let feature = features[index]
            let byteCount = feature.count / (2 * frames)
            let frame = feature.baseAddress! + slot * byteCount
            frame.copyMemory(from: address(index), byteCount: byteCount)
            (frame + frames * byteCount).copyMemory(from: frame, byteCount: byteCount)
        }
    }

    func fill() {
        next = 0
        stored = frames
    }

    /// Where the last `frames` values of a feature begin, oldest first.
    func window(_ index: Int) -> UnsafeRawPointer {
        let feature = features[index]
        return UnsafeRawPointer(feature.baseAddress! + next * (feature.count / (2 * frames)))
    }
}
