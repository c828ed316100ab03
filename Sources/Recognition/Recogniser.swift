import Budget
import CPlatform
import Camera
import ModelFile
import PoolScene
import Runtime

/// A network that looks at regions of frames, and remembers for each what it saw.
///
/// For a clip network every region or swimmer has a ring of frame features of its own: a frame costs one pass of the frame
/// program, and once the ring is full every further frame brings a decision.
public final class Recogniser {
    private final class Track {
        let id: Int
        let ring: FeatureRing?
        var lastSequence: Int?

        init(id: Int, ring: FeatureRing?) {
            self.id = id
            self.ring = ring
        }
    }

    public let network: Network
    public let regions: RegionSource
    /// Who is known by name; `nil` leaves it at the model's own tasks.
    public var identifier: Identifier?
    private let preprocessor: Preprocessor
    private let decoder: PictureDecoder
    private var tracks: [Track] = []
    /// Nanoseconds that the last frame spent in each stage; 0 for stages it did not reach.
    public private(set) var stageNanoseconds = [Int64](repeating: 0, count: Stage.allCases.count)

    public init(network: Network, regions: RegionSource) throws(RecognitionError) {
        self.network = network
        self.regions = regions
        let input = network.model.description.preprocessing
        preprocessor = Preprocessor(
            width: input.width, height: input.height, swapRedBlue: input.colour == .bgr, isa: network.isaName)
        do throws(CameraError) { decoder = try PictureDecoder() } catch { throw .camera(error) }
    }

    /// Decides on one frame. Empty while the clips of all tracks are still filling, or between two frames of a strided clip.
    ///
    /// - Throws: `camera(.damaged)` when the picture cannot be decoded; the next frame may follow.
    public func process(_ frame: Frame) throws(RecognitionError) -> [TrackDecision] {
        for stage in Stage.allCases { stageNanoseconds[stage.rawValue] = 0 }
        var decisions: [TrackDecision] = []
        switch regions {
        case .fixed(let boxes):
            let due = boxes.indices.filter { isDue(track(id: $0), frame) }
            if due.isEmpty { return [] }
            let picture = try decode(frame)
            for index in due {
                if let decision = try look(picture, at: boxes[index], box: boxes[index], track(id: index), truth: nil) {
                    decisions.append(decision)
                }
            }
        case .truth:
            let due = frame.truth.filter { isDue(track(id: $0.track), frame) }
            if due.isEmpty { return [] }
            let picture = try decode(frame)
            for swimmer in due {
                let crop = swimmer.box.squareCrop(frameWidth: picture.width, height: picture.height)
                let seen = track(id: swimmer.track)
                if let decision = try look(picture, at: crop, box: swimmer.box, seen, truth: swimmer) {
                    decisions.append(decision)
                }
            }
        }
        return decisions
    }

    private func track(id: Int) -> Track {
        if let known = tracks.first(where: { $0.id == id }) { return known }
        let new = Track(id: id, ring: network.model.description.clip == nil ? nil : network.makeRing())
        tracks.append(new)
        return new
    }

    /// A clip takes every `stride`-th frame; where frames were lost, the next that is there.
    private func isDue(_ track: Track, _ frame: Frame) -> Bool {
        guard let clip = network.model.description.clip, let last = track.lastSequence else { return true }
        return frame.sequence - last >= clip.stride || frame.sequence < last
    }

    private func decode(_ frame: Frame) throws(RecognitionError) -> Frame {
        let start = tp_monotonic_nanoseconds()
        defer { spent(.decode, since: start) }
        do throws(CameraError) { return try decoder.decode(frame) } catch { throw .camera(error) }
    }

    private func look(
        _ picture: Frame, at crop: Box, box: Box, _ track: Track, truth: SwimmerTruth?
    ) throws(RecognitionError) -> TrackDecision? {
        var start = tp_monotonic_nanoseconds()
        do throws(CameraError) { try preprocessor.prepare(picture, crop: crop, into: network.frameInput) } catch {
            throw .camera(error)
        }
        start = spent(.prepare, since: start)
        track.lastSequence = picture.sequence
        if let ring = track.ring {
            network.runFrame(into: ring)
            start = spent(.frameNetwork, since: start)
            guard ring.isFull else { return nil }
            network.runClip(ring)
            spent(.clipNetwork, since: start)
        } else {
            network.runFrame()
            spent(.frameNetwork, since: start)
        }
        return TrackDecision(
            track: track.id, box: box, results: network.results(), match: identifier?.identify(network), truth: truth)
    }

    @discardableResult
    private func spent(_ stage: Stage, since start: Int64) -> Int64 {
        let now = tp_monotonic_nanoseconds()
        stageNanoseconds[stage.rawValue] += now - start
        return now
    }
}
