/// The numbers of the file layout: see FORMAT.md.
enum Layout {
    /// "TIDE", read as a little-endian word.
    static let magic: UInt32 = 0x4544_4954
    static let version: UInt32 = 1
    /// Sections and constants begin at multiples of this.
    static let alignment = 64

    // Offsets in the header.
    static let sizeOffset = 8
    static let checksumOffset = 16
    /// Where the bytes begin that the checksum covers.
    static let checksummed = 20
    static let sectionTable = 24
    static let headerSize = sectionTable + Section.allCases.count * 16

    /// The sections, in the order of the section table.
    enum Section: Int, CaseIterable {
        case model = 0, tensors, operations, tasks, provenance, words, strings, data

        /// Bytes a record; 1 where a section is only a pool of bytes.
        var stride: Int {
            switch self {
            case .model: 72
            case .tensors: 56
            case .operations: 32
            case .tasks: 32
            case .provenance: 16
            case .words: 4
            case .strings, .data: 1
            }
        }
    }

    static func aligned(_ offset: Int) -> Int { (offset + alignment - 1) & ~(alignment - 1) }
}

/// What a valid model may not exceed. They bound the memory and the time that a hostile file can cost.
enum Limit {
    static let tensors = 32_768
    static let operations = 16_384
    static let tasks = 64
    static let labels = 4_096
    static let provenance = 4_096
    /// UTF-8 bytes of one string.
    static let stringBytes = 4_096
    /// Words of one list: operands, attributes, or a program's inputs and outputs.
    static let listWords = 1_024
    static let rank = 4
    static let extent = 65_535
    /// Bytes of all activations of a model.
    static let activationBytes = 256 << 20
    /// Weights that the operations of a model use, counted once for each use.
    static let weights = 256 << 20
    /// Products summed into one accumulator.
    static let products = 1 << 20
    /// Multiply-adds of one run of a program.
    static let multiplyAdds = 1 << 36
    static let clipFrames = 256
    static let clipStride = 256
    /// Steps of an additive self-attention, whose work grows with their square.
    static let attentionSteps = 4_096
    /// Index tables of a gather.
    static let gatherTables = 6
}
