import CPlatform

/// The operations of a chain, one block of rows after another: what passes between two stages is a block in scratch
/// memory.
final class ChainStep: Step {
    /// Bytes of a block between two stages: what a small core's caches hold beside the weights.
    static let blockBytes = 65_536

    private let stages: [RowStage]
    private let parts: [Range<Int>]
    /// Rows of a block: a multiple of what every stage works in.
    private let blockRows: Int
    private let memory: ProgramMemory
    private let input, output: Int
    /// Two blocks a part, used in turn.
    private let scratch: ProgramMemory.Scratch
    private let slotBytes: Int
    private var x: UnsafeMutableRawPointer
    private var y: UnsafeMutableRawPointer
    /// By part and stage, nanoseconds of the last timed run.
    private let times: UnsafeMutableBufferPointer<Int64>
    private var isTimed = false

    /// - Parameter reserve: reserves scratch memory of so many bytes.
    init(
        _ stages: [RowStage], rows: Int, parts: Int, grain: Int, memory: ProgramMemory, input: Int, output: Int,
        reserve: (Int) -> ProgramMemory.Scratch
    ) {
        self.stages = stages
        self.parts = Share.ranges(rows, parts: parts, grain: grain)
        self.memory = memory
        self.input = input
        self.output = output
        var widest = 1
        for stage in stages.dropLast() { widest = max(widest, stage.outputRowBytes) }
        blockRows = min((rows + grain - 1) / grain, max(1, Self.blockBytes / (widest * grain))) * grain
        slotBytes = ArenaPlan.aligned(blockRows * widest)
        scratch = reserve(2 * self.parts.count * slotBytes)
        times = .allocate(capacity: self.parts.count * stages.count)
        times.initialize(repeating: 0)
        x = UnsafeMutableRawPointer(bitPattern: ArenaPlan.alignment)!
        y = x
        super.init(partCount: self.parts.count)
    }

    deinit { times.deallocate() }

    override func bind() {
        x = memory[input]
        y = memory[output]
        for stage in stages { stage.bind() }
    }

    override func run(part: Int) {
        let slots = memory[scratch] + 2 * part * slotBytes
        let last = stages.count - 1
        var first = parts[part].lowerBound
        while first < parts[part].upperBound {
            let rows = first..<min(first + blockRows, parts[part].upperBound)
            var source = stages[0].readsWholeInput ? x : x + first * stages[0].inputRowBytes
            for index in 0...last {
                let stage = stages[index]
                let target = index == last ? y + first * stage.outputRowBytes : slots + (index & 1) * slotBytes
                let begin = isTimed ? tp_monotonic_nanoseconds() : 0
                stage.run(rows, part: part, from: source, to: target)
                if isTimed { times[part * stages.count + index] += tp_monotonic_nanoseconds() - begin }
                source = target
            }
            first = rows.upperBound
        }
    }

    override func setTiming(_ isTimed: Bool) {
        self.isTimed = isTimed
        guard isTimed else { return }
        for index in 0..<times.count { times[index] = 0 }
    }

    override func time(ofStage stage: Int) -> Int64 {
        var time: Int64 = 0
        for part in 0..<parts.count { time += times[part * stages.count + stage] }
        return time
    }
}
