/// The features of the last frames of one swimmer, as the clip program reads them, and what it has made of each frame by
/// itself.
///
/// Each frame is stored twice, `frames` slots apart, so that any window of `frames` slots lies in one piece: nothing
/// is moved when the oldest frame goes.
public final class FeatureRing {
    /// Frames in a clip.
    public let frames: Int
    /// One mirrored buffer for each output of the frame program, then one for each of the clip program's results that it
    /// keeps with the frames.
    private let features: [UnsafeMutableRawBufferPointer]
    /// Outputs of the frame program.
    let featureCount: Int
    /// Frames that the clip program has not seen.
    private(set) var fresh = 0
    /// The slot, below `frames`, that the next frame goes to; once full, also the oldest frame's.
    private var next = 0
    private var stored = 0

    /// - Parameters:
    ///   - byteCounts: the size of each feature of one frame.
    ///   - keptByteCounts: the size of each of the clip program's results for one frame.
    init(frames: Int, byteCounts: [Int], keptByteCounts: [Int]) {
        self.frames = frames
        featureCount = byteCounts.count
        features = (byteCounts + keptByteCounts).map { byteCount in
            UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * frames * byteCount, alignment: ArenaPlan.alignment)
        }
    }

    deinit {
        for feature in features { feature.deallocate() }
    }

    /// Whether there are enough frames to decide.
    public var isFull: Bool { stored == frames }

    /// Forgets all frames, as after a gap in the video.
    public func reset() {
        next = 0
        stored = 0
        fresh = 0
    }

    /// Stores one frame; `address(i)` is where its feature i is.
    func push(_ address: (Int) -> UnsafeRawPointer) {
        store(slot: next, address)
        next = (next + 1) % frames
        stored = min(stored + 1, frames)
        fresh = min(fresh + 1, frames)
    }

    /// Stores frame `slot` of a whole clip, on any thread. `fill` says when all are there.
    func store(slot: Int, _ address: (Int) -> UnsafeRawPointer) {
        for index in 0..<featureCount {
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
        fresh = frames
    }

    /// The clip program has seen all frames: its results for the fresh ones are stored a second time too.
    func age() {
        for index in featureCount..<features.count {
            let feature = features[index], byteCount = feature.count / (2 * frames)
            for slot in next + frames - fresh..<next + frames {
                (feature.baseAddress! + (slot < frames ? slot + frames : slot - frames) * byteCount).copyMemory(
                    from: feature.baseAddress! + slot * byteCount, byteCount: byteCount)
            }
        }
        fresh = 0
    }

    /// Where the last `frames` values of a feature begin, oldest first; of a kept result from `featureCount` on.
    func window(_ index: Int) -> UnsafeMutableRawPointer {
        let feature = features[index]
        return feature.baseAddress! + next * (feature.count / (2 * frames))
    }
}
