/// Turns the bytes of a model file into a description. It checks that every section, record, list and string lies
/// within the file and that every code is known; what the numbers mean is the validator's concern.
struct Reader {
    private let name: String
    private let sections: [UnsafeRawBufferPointer]

    init(file: UnsafeRawBufferPointer, name: String) throws(ModelFileError) {
        self.name = name
        guard file.count >= Layout.headerSize, let start = file.baseAddress else { throw .notAModel(file: name) }
        let header = Record(base: start)
        guard header.word(0) == Layout.magic else { throw .notAModel(file: name) }
        guard header.word(4) == Layout.version else { throw .unsupportedVersion(file: name, version: header.word(4)) }
        let size = header.long(Layout.sizeOffset)
        guard size == UInt64(file.count) else { throw .wrongSize(file: name, expected: size, actual: file.count) }
        let content = UnsafeRawBufferPointer(rebasing: file[Layout.checksummed...])
        guard header.word(Layout.checksumOffset) == CRC32.checksum(content) else { throw .checksum(file: name) }
        let sectionCount = Layout.Section.allCases.count
        guard header.word(20) == UInt32(sectionCount) else {
            throw .malformed(file: name, what: "\(header.word(20)) sections instead of \(sectionCount)")
        }

        var sections: [UnsafeRawBufferPointer] = []
        for section in Layout.Section.allCases {
            let entry = Record(base: start + Layout.sectionTable + 16 * section.rawValue)
            guard let offset = Int(exactly: entry.long(0)), let count = Int(exactly: entry.long(8)),
                offset % Layout.alignment == 0, count % section.stride == 0,
                offset >= Layout.headerSize, offset <= file.count, count <= file.count - offset
            else { throw .malformed(file: name, what: "section \(section.rawValue) does not lie within the file") }
            sections.append(UnsafeRawBufferPointer(rebasing: file[offset..<offset + count]))
        }
        self.sections = sections
        try checkLimits()
    }

    subscript(section: Layout.Section) -> UnsafeRawBufferPointer { sections[section.rawValue] }

    /// Lists may share words, so a small file could otherwise unfold into a huge description.
    private func checkLimits() throws(ModelFileError) {
        guard count(.model) == 1 else { throw malformed("\(count(.model)) model records instead of 1") }
        guard count(.tensors) <= Limit.tensors, count(.operations) <= Limit.operations, count(.tasks) <= Limit.tasks,
            count(.provenance) <= Limit.provenance
        else { throw malformed("more tensors, operations, tasks or provenance entries than a model may have") }
    }

    func description() throws(ModelFileError) -> ModelDescription {
        let record = record(.model, 0)
        guard let colour = Preprocessing.Colour(rawValue: UInt8(clamping: record.word(16))) else {
            throw malformed("unknown colour order \(record.word(16))")
        }
        let hasClip = record.word(20) != 0
        return ModelDescription(
            name: try string(record, 0),
            tensors: try tensors(),
            frame: try program(record, 32),
            clipProgram: hasClip ? try program(record, 52) : nil,
            clip: hasClip ? Clip(frames: Int(record.word(24)), stride: Int(record.word(28))) : nil,
            preprocessing: Preprocessing(width: Int(record.word(8)), height: Int(record.word(12)), colour: colour),
            tasks: try tasks(), provenance: try provenance())
    }

    private func program(_ record: Record, _ offset: Int) throws(ModelFileError) -> Program {
        let first = Int(record.word(offset + 8)), last = first + Int(record.word(offset + 12))
        guard last <= count(.operations) else { throw malformed("operations \(first)..<\(last) do not exist") }
        let interface = try list(record, offset)
        let inputCount = Int(record.word(offset + 16))
        guard inputCount <= interface.count else { throw malformed("\(inputCount) inputs are more than were listed") }
        var operations: [Operation] = []
        operations.reserveCapacity(last - first)
        for index in first..<last { operations.append(try operation(index)) }
        return Program(
            inputs: interface[..<inputCount].map { Int($0) }, outputs: interface[inputCount...].map { Int($0) },
            operations: operations)
    }

    private func operation(_ index: Int) throws(ModelFileError) -> Operation {
        let record = record(.operations, index)
        let attributes = try list(record, 24)
        guard let kind = Operator(code: record.word(8), attributes: attributes) else {
            throw malformed("operation \(index) has unknown code \(record.word(8)) or wrong attributes")
        }
        return Operation(
            name: try string(record, 0), kind: kind, inputs: try list(record, 16).map { Int($0) },
            output: Int(record.word(12)))
    }

    private func tensors() throws(ModelFileError) -> [Tensor] {
        var tensors: [Tensor] = []
        tensors.reserveCapacity(count(.tensors))
        for index in 0..<count(.tensors) {
            let record = record(.tensors, index)
            let rank = Int(record.byte(9))
            guard let type = ElementType(rawValue: record.byte(8)), (1...Limit.rank).contains(rank),
                record.byte(10) <= 1
            else { throw malformed("tensor \(index) has an unknown type, rank or storage") }
            guard let offset = Int(exactly: record.long(40)), let byteCount = Int(exactly: record.long(48)) else {
                throw malformed("tensor \(index) lies outside the data")
            }
            tensors.append(
                Tensor(
                    name: try string(record, 0), type: type, shape: (0..<rank).map { Int(record.word(24 + 4 * $0)) },
                    scale: Double(bitPattern: record.long(16)), zeroPoint: Int32(bitPattern: record.word(12)),
                    storage: record.byte(10) == 0 ? .activation : .constant(offset: offset, byteCount: byteCount)))
        }
        return tensors
    }

    private func tasks() throws(ModelFileError) -> [Task] {
        var tasks: [Task] = []
        for index in 0..<count(.tasks) {
            let record = record(.tasks, index)
            guard let kind = Task.Kind(rawValue: UInt8(clamping: record.word(8))) else {
                throw malformed("task \(index) has unknown kind \(record.word(8))")
            }
            let first = Int(record.word(24)), labelCount = Int(record.word(28))
            guard first + 2 * labelCount <= count(.words), labelCount <= Limit.labels else { 
                throw malformed("task \(index) has too many labels, or they lie outside the word pool")
            }
            var labels: [String] = []
            for label in 0..<labelCount { labels.append(try string(self.record(.words, first + 2 * label), 0)) }
            tasks.append(
                Task(
                    name: try string(record, 0), kind: kind, output: Int(record.word(12)), labels: labels,
                    unit: try string(record, 16)))
        }
        return tasks
    }

    private func provenance() throws(ModelFileError) -> [ProvenanceEntry] {
        var entries: [ProvenanceEntry] = []
        for index in 0..<count(.provenance) {
            let record = record(.provenance, index)
            entries.append(ProvenanceEntry(key: try string(record, 0), value: try string(record, 8)))
        }
        return entries
    }

    private func count(_ section: Layout.Section) -> Int { self[section].count / section.stride }

    /// `index` is below `count(section)`; so the section is not empty.
    private func record(_ section: Layout.Section, _ index: Int) -> Record {
        Record(base: self[section].baseAddress! + index * section.stride)
    }

    /// The string whose offset and length in bytes are at `offset` of the record.
    private func string(_ record: Record, _ offset: Int) throws(ModelFileError) -> String {
        let first = Int(record.word(offset)), last = first + Int(record.word(offset + 4))
        guard last <= self[.strings].count, last - first <= Limit.stringBytes else {
            throw malformed("a string is too long or lies outside the string pool")
        }
        guard let string = String(validating: self[.strings][first..<last], as: UTF8.self) else {
            throw malformed("a string is not UTF-8")
        }
        return string
    }

    /// The words whose first index and number are at `offset` of the record.
    private func list(_ record: Record, _ offset: Int) throws(ModelFileError) -> [Int32] {
        let first = Int(record.word(offset)), last = first + Int(record.word(offset + 4))
        guard last <= count(.words), last - first <= Limit.listWords else {
            throw malformed("a list is too long or lies outside the word pool")
        }
        var words: [Int32] = []
        words.reserveCapacity(last - first)
        for index in first..<last { words.append(Int32(bitPattern: self.record(.words, index).word(0))) }
        return words
    }

    private func malformed(_ what: String) -> ModelFileError { .malformed(file: name, what: what) }
}

/// Little-endian fields at constant offsets of a record that lies within the file.
struct Record {
    let base: UnsafeRawPointer

    func byte(_ offset: Int) -> UInt8 { base.load(fromByteOffset: offset, as: UInt8.self) }
    func word(_ offset: Int) -> UInt32 { number(offset) }
    func long(_ offset: Int) -> UInt64 { number(offset) }

    private func number<Number: FixedWidthInteger & BitwiseCopyable>(_ offset: Int) -> Number {
        Number(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: Number.self))
    }
}
