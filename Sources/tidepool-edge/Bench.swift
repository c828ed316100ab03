import CPlatform
import ModelFile
import Runtime

/// Runs a network on noise from a seed.
struct Bench {
    private let network: Network
    private let ring: FeatureRing?
    private let frames: Int
    /// The pictures of a clip, one behind the other.
    private var video: [Int8] = []
    /// Nanoseconds of the first decision.
    private(set) var firstTime: Int64 = 0
    private var state: UInt64 = 0x7469_6465
    /// Nanoseconds of one more frame with its decision, run by run.
    private(set) var frameTimes: [Int64] = []
    /// Nanoseconds of a whole clip; empty for a network of single pictures.
    private(set) var clipTimes: [Int64] = []
    /// By operation, when asked for: of one more frame with its decision, and of a frame of whole clips.
    private(set) var frameOperations = OperationTimes()
    private(set) var clipOperations = OperationTimes()
    /// Multiply-adds a nanosecond of one core at best, measured when operations are; else 0.
    private(set) var peak = 0.0

    init(_ network: Network) {
        self.network = network
        frames = network.model.description.clip?.frames ?? 1
        ring = network.model.description.clip == nil ? nil : network.makeRing()
        for _ in 0..<frames {
            fillInput()
            video += network.frameInput
        }
    }

    /// Decides on one seeded clip or picture: FNV-1a over all outputs' integers, equal on every machine.
    mutating func checksum() -> UInt64 {
        firstTime = ring == nil ? time(of: network.runFrame) : timeOfClip()
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for index in network.model.description.deciding.outputs.indices {
            for byte in network.output(index).bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        }
        return hash
    }

    /// Times `runs` frames, and a fifth as many clips. The peak is measured before, between and after, under what the
    /// network runs under.
    mutating func measure(runs: Int, perOperation: Bool) {
        network.isProfiling = perOperation
        frameTimes.reserveCapacity(runs)
        clipTimes.reserveCapacity(runs)
        if perOperation { peak = measurePeak(isa: network.isaName) }
        if let ring { for _ in 0..<frames { network.runFrame(into: ring) } }
        for _ in 0..<runs {
            fillInput()
            frameTimes.append(time(of: decide))
            if perOperation { frameOperations.add(network.profile) }
        }
        if perOperation { peak = max(peak, measurePeak(isa: network.isaName)) }
        guard ring != nil else { return }
        for _ in 0..<max(1, runs / 5) {
            clipTimes.append(timeOfClip())
            if perOperation { clipOperations.add(network.profile) }
        }
        if perOperation { peak = max(peak, measurePeak(isa: network.isaName)) }
    }

    private func time(of body: () -> Void) -> Int64 {
        network.resetProfile()
        let start = tp_monotonic_nanoseconds()
        body()
        return tp_monotonic_nanoseconds() - start
    }

    private func decide() {
        guard let ring else { return network.runFrame() }
        network.runFrame(into: ring)
        network.runClip(ring)
    }

    private func timeOfClip() -> Int64 {
        video.withUnsafeBufferPointer { video in
            let size = video.count / frames
            let clip = (0..<frames).map { UnsafeBufferPointer(rebasing: video[$0 * size..<($0 + 1) * size]) }
            return time { network.runClip(frames: clip) }
        }
    }

    /// Noise of a xorshift generator, eight bytes a step.
    private mutating func fillInput() {
        let input = network.frameInput
        for i in input.indices {
            if i & 7 == 0 {
                state ^= state << 13
                state ^= state >> 7
                state ^= state << 17
            }
            input[i] = Int8(truncatingIfNeeded: state >> UInt64(8 * (i & 7)))
        }
    }
}

/// The times of each operation, run by run.
struct OperationTimes {
    /// The operations, with what they took in the last run.
    private(set) var operations: [OperationProfile] = []
    private var nanoseconds: [[Double]] = []

    var isEmpty: Bool { operations.isEmpty }

    mutating func add(_ profile: [OperationProfile]) {
        operations = profile
        if nanoseconds.isEmpty { nanoseconds = profile.map { _ in [] } }
        for index in profile.indices {
            nanoseconds[index].append(Double(profile[index].nanoseconds) / Double(max(1, profile[index].runs)))
        }
    }

    /// Nanoseconds of an operation: of many runs the middle one, which a few interruptions do not move.
    func median(_ index: Int) -> Double { nanoseconds[index].sorted()[nanoseconds[index].count / 2] }
}
