/// Lays a description out as the bytes of a file. A number that its field cannot hold becomes the
/// largest, which the reader refuses.
struct Encoder {
    private(set) var bytes: [UInt8] = []
    private var words: [UInt32] = []
    private var strings: [UInt8] = []

    init(_ description: ModelDescription, data: [UInt8]) {
        var sections = [[UInt8]](repeating: [], count: Layout.Section.allCases.count)
        sections[Layout.Section.model.rawValue] = model(description)
        for tensor in description.tensors { sections[Layout.Section.tensors.rawValue] += record(tensor) }
        for operation in description.frame.operations + (description.clipProgram?.operations ?? []) {
            sections[Layout.Section.operations.rawValue] += record(operation)
        }
        for task in description.tasks { sections[Layout.Section.tasks.rawValue] += record(task) }
        for entry in description.provenance {
            sections[Layout.Section.provenance.rawValue] += (string(entry.key) + string(entry.value)).littleEndianBytes
        }
        sections[Layout.Section.words.rawValue] = words.littleEndianBytes
        sections[Layout.Section.strings.rawValue] = strings
        sections[Layout.Section.data.rawValue] = data
        assemble(sections)
    }

    private mutating func assemble(_ sections: [[UInt8]]) {
        var table: [UInt64] = []
        var end = Layout.headerSize
        for section in sections {
            let offset = Layout.aligned(end)
            table += [UInt64(offset), UInt64(section.count)]
            end = offset + section.count
        }
        bytes.reserveCapacity(end)
        bytes += [Layout.magic, Layout.version].littleEndianBytes + [UInt64(end)].littleEndianBytes
        bytes += [0, UInt32(sections.count)].littleEndianBytes + table.littleEndianBytes
        for section in sections {
            bytes.append(contentsOf: repeatElement(0, count: Layout.aligned(bytes.count) - bytes.count))
            bytes += section
        }
        let checksum = bytes[Layout.checksummed...].withUnsafeBytes { CRC32.checksum($0) }
        bytes.replaceSubrange(Layout.checksumOffset..<Layout.checksummed, with: [checksum].littleEndianBytes)
    }

    private mutating func model(_ description: ModelDescription) -> [UInt8] {
        let preprocessing = description.preprocessing
        let clip = description.clip
        var fields = string(description.name)
        fields += [field(preprocessing.width), field(preprocessing.height)]
        fields += [UInt32(preprocessing.colour.rawValue), clip == nil ? 0 : 1]
        fields += [field(clip?.frames ?? 0), field(clip?.stride ?? 0)]
        fields += program(description.frame, firstOperation: 0)
        fields += program(
            description.clipProgram ?? Program(inputs: [], outputs: [], operations: []),
            firstOperation: description.frame.operations.count)
        return fields.littleEndianBytes
    }

    private mutating func program(_ program: Program, firstOperation: Int) -> [UInt32] {
        list((program.inputs + program.outputs).map(field))
            + [UInt32(firstOperation), UInt32(program.operations.count), UInt32(program.inputs.count)]
    }

    private mutating func record(_ tensor: Tensor) -> [UInt8] {
        var storage = (code: UInt8(0), offset: UInt64(0), byteCount: UInt64(0))
        if case .constant(let offset, let byteCount) = tensor.storage {
            storage = (1, UInt64(offset), UInt64(byteCount))
        }
        var shape = tensor.shape.prefix(Limit.rank).map(field)
        shape += repeatElement(0, count: Limit.rank - shape.count)
        return string(tensor.name).littleEndianBytes
            + [tensor.type.rawValue, UInt8(clamping: tensor.shape.count), storage.code, 0]
            + [UInt32(bitPattern: tensor.zeroPoint)].littleEndianBytes + [tensor.scale.bitPattern].littleEndianBytes
            + shape.littleEndianBytes + [storage.offset, storage.byteCount].littleEndianBytes
    }

    private mutating func record(_ operation: Operation) -> [UInt8] {
        let name = string(operation.name)
        let inputs = list(operation.inputs.map(field))
        let attributes = list(operation.kind.attributes.map { UInt32(bitPattern: $0) })
        return (name + [operation.kind.code, field(operation.output)] + inputs + attributes).littleEndianBytes
    }

    private mutating func record(_ task: Task) -> [UInt8] {
        let name = string(task.name), unit = string(task.unit)
        var labels: [UInt32] = []
        for label in task.labels { labels += string(label) }
        let first = list(labels)[0]
        return (name + [UInt32(task.kind.rawValue), field(task.output)] + unit
            + [first, UInt32(task.labels.count)]).littleEndianBytes
    }

    private func field(_ number: Int) -> UInt32 { UInt32(exactly: number) ?? .max }

    /// Adds to the string pool and returns the string's offset and length in bytes.
    private mutating func string(_ string: String) -> [UInt32] {
        let first = strings.count
        strings += string.utf8
        return [UInt32(first), UInt32(strings.count - first)]
    }

    /// Adds to the word pool and returns the list's first index and number of words.
    private mutating func list(_ list: [UInt32]) -> [UInt32] {
        let first = words.count
        words += list
        return [UInt32(first), UInt32(list.count)]
    }
}

extension Array where Element: FixedWidthInteger {
    fileprivate var littleEndianBytes: [UInt8] {
        flatMap { word in (0..<Element.bitWidth / 8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    }
}
