import Budget
import CPlatform
import Camera
import ModelFile
import PoolScene
import Runtime

/// The monotonic clock in nanoseconds; tests script it.
public typealias Clock = () -> Int64

/// A network that looks at regions of frames, and remembers for each what it saw.
///
/// For a clip network every region or swimmer has a ring of frame features of its own: a frame costs one pass of the
/// frame program, and once the ring is full every further frame brings a decision. A lighter network with the same
/// tasks may stand in when time is short. It has rings of its own, since features of two networks do not mix: after a change
/// between them the ring fills anew before the next decision.
public final class Recogniser {
    /// What the decisions are called in the output, such as "swimmers".
    public let name: String
    public let network: Network
    public let lighter: Network?
    public let regions: RegionSource
    public let trouble: TroubleRule?
    /// Who is known by name; `nil` leaves it at the model's own tasks.
    public var identifier: Identifier?
    /// The full program, then the lighter one where there is one.
    private let programs: [LoadedProgram]
    private let decoder: PictureDecoder
    private let now: Clock
    private var tracks: [Track] = []

    /// - Parameter name: `nil` for what the model calls its subject.
    /// - Throws: for a lighter network of other tasks or clips, and a trouble rule that the model cannot follow.
    public init(
        name: String? = nil, network: Network, lighter: Network? = nil, regions: RegionSource,
        trouble: TroubleRule? = nil, clock: @escaping Clock = tp_monotonic_nanoseconds
    ) throws(RecognitionError) {
        let description = network.model.description
        self.name = name ?? description.subject
        self.network = network
        self.lighter = lighter
        self.regions = regions
        self.trouble = trouble
        now = clock
        if let other = lighter?.model.description, !other.answersLike(description) {
            throw .unlike(lighter: other.name, full: description.name)
        }
        try trouble?.check(description)
        programs = [LoadedProgram(network, number: 0)] + (lighter.map { [LoadedProgram($0, number: 1)] } ?? [])
        do throws(CameraError) { decoder = try PictureDecoder() } catch { throw .camera(error) }
    }

    /// Decides on one frame with the full program, by itself. Empty while the clips of all tracks are still filling, or
    /// between two frames of a strided clip.
    ///
    /// - Throws: `camera(.damaged)` when the picture cannot be decoded; the next frame may follow.
    public func process(_ frame: Frame) throws(RecognitionError) -> [TrackDecision] {
        let due = due(on: frame)
        if due.isEmpty { return [] }
        let picture: Frame
        do throws(CameraError) { picture = try decoder.decode(frame) } catch { throw .camera(error) }
        var decisions: [TrackDecision] = []
        for region in due {
            if let decision = try look(at: picture, region: region).decision { decisions.append(decision) }
        }
        return decisions
    }

    /// The regions, or the scene's swimmers, that could be looked at on this frame. A clip takes every `stride`-th
    /// frame; where frames were lost, the next that is there.
    public func due(on frame: Frame) -> [Int] {
        switch regions {
        case .fixed(let boxes): boxes.indices.filter { isDue($0, frame) }
        case .truth: frame.truth.map { $0.track }.filter { isDue($0, frame) }
        }
    }

    /// Looks at one region of a decoded picture.
    ///
    /// - Parameters:
    ///   - lighter: With the lighter network, if there is one.
    ///   - decides: Whether a decision is wanted; a clip network otherwise only keeps its ring filled.
    public func look(
        at picture: Frame, region: Int, lighter: Bool = false, decides: Bool = true
    ) throws(RecognitionError) -> Look {
        let swimmer = picture.truth.first { $0.track == region }
        let box: Box, crop: Box
        switch regions {
        case .fixed(let boxes):
            box = boxes[region]
            crop = box
        case .truth:
            guard let swimmer else { return Look() }
            box = swimmer.box
            crop = box.squareCrop(frameWidth: picture.width, height: picture.height)
        }
        let program = lighter && programs.count > 1 ? 1 : 0
        var look = try programs[program].look(at: picture, crop, track(region), decides: decides, now)
        guard look.isDecided else { return look }
        let used = programs[program].network
        let isTruth = if case .truth = regions { true } else { false }
        look.decision = TrackDecision(
            track: region, box: box, results: used.results(), match: identifier?.identify(used),
            truth: isTruth ? swimmer : nil, isInTrouble: trouble.map { used.isInTrouble($0) })
        return look
    }

    /// Forgets what was seen: the frames that come next do not continue the ones before.
    public func forget() { tracks.removeAll() }

    private func track(_ id: Int) -> Track {
        if let known = tracks.first(where: { $0.id == id }) { return known }
        let new = Track(id: id, programs: programs.map { $0.network })
        tracks.append(new)
        return new
    }

    private func isDue(_ id: Int, _ frame: Frame) -> Bool {
        guard let clip = network.model.description.clip, let last = tracks.first(where: { $0.id == id })?.lastSequence
        else { return true }
        return frame.sequence - last >= clip.stride || frame.sequence < last
    }
}

/// What came of looking at one region of one frame, and how long the stages took in nanoseconds.
public struct Look {
    public internal(set) var prepare: Int64 = 0
    public internal(set) var frameNetwork: Int64 = 0
    /// 0 where the clip program was not run.
    public internal(set) var clipNetwork: Int64 = 0
    public internal(set) var decision: TrackDecision?
    var isDecided = false
}

/// What is remembered of one region or swimmer.
final class Track {
    let id: Int
    /// One for each program; none for networks of single pictures.
    let rings: [FeatureRing]
    /// The program that looked last.
    var program = 0
    var lastSequence: Int?

    init(id: Int, programs: [Network]) {
        self.id = id
        rings = programs.filter { $0.model.description.clip != nil }.map { $0.makeRing() }
    }
}
