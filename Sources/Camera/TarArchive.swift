/// The regular files of a tar archive (ustar, GNU long names, pax paths) that lies in memory.
public struct TarArchive {
    public struct Entry {
        public let name: String
        /// Where the file's bytes are in the archive.
        public let range: Range<Int>
    }

    public let entries: [Entry]

    /// - Throws: `unreadable` when a header is damaged or a file reaches past the archive's end.
    public init(_ bytes: UnsafeRawBufferPointer, path: String) throws(CameraError) {
        var entries: [Entry] = []
        var longName: String?
        var offset = 0
        while offset + 512 <= bytes.count {
            let header = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 512])
            if header[0] == 0 { break }
            guard Self.checksumHolds(header), let size = Self.octal(header[124..<136]) else {
                throw .unreadable(path, "damaged tar header at byte \(offset)")
            }
            let start = offset + 512
            guard size <= bytes.count - start else {
                throw .unreadable(path, "the tar archive ends within \(Self.text(header[0..<100])); it was cut off")
            }
            let content = UnsafeRawBufferPointer(rebasing: bytes[start..<start + size])
            switch header[156] {
            case UInt8(ascii: "L"): longName = Self.text(content[...])
            case UInt8(ascii: "x"): longName = Self.paxPath(content) ?? longName
            case UInt8(ascii: "0"), 0:
                entries.append(Entry(name: longName ?? Self.name(header), range: start..<start + size))
                longName = nil
            default: longName = nil
            }
            offset = start + (size + 511) / 512 * 512
        }
        self.entries = entries
    }

    /// The header's sum of bytes, its own field read as spaces.
    private static func checksumHolds(_ header: UnsafeRawBufferPointer) -> Bool {
        var sum = 0
        for i in 0..<512 { sum += (148..<156).contains(i) ? 32 : Int(header[i]) }
        return octal(header[148..<156]) == sum
    }

    private static func octal(_ field: Slice<UnsafeRawBufferPointer>) -> Int? {
        var value = 0
        var digits = 0
        for byte in field {
            if byte == 0 || byte == 32 {
                if digits > 0 { break }
                continue
            }
            guard (48...55).contains(byte) else { return nil }
            value = value << 3 | Int(byte - 48)
            digits += 1
        }
        return digits > 0 ? value : nil
    }

    private static func name(_ header: UnsafeRawBufferPointer) -> String {
        let isUstar = header[257] == UInt8(ascii: "u") && header[258] == UInt8(ascii: "s")
        let prefix = isUstar ? text(header[345..<500]) : ""
        let name = text(header[0..<100])
        return prefix.isEmpty ? name : prefix + "/" + name
    }

    private static func text(_ field: Slice<UnsafeRawBufferPointer>) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// The value of `path` in a pax header, whose records read "LENGTH KEY=VALUE\n".
    private static func paxPath(_ content: UnsafeRawBufferPointer) -> String? {
        var offset = 0
        while offset < content.count {
            var length = 0
            var i = offset
            while i < content.count, (48...57).contains(content[i]), length < content.count {
                length = length * 10 + Int(content[i] - 48)
                i += 1
            }
            guard length > i - offset + 1, offset + length <= content.count else { return nil }
            let record = String(decoding: content[(i + 1)..<(offset + length - 1)], as: UTF8.self)
            if record.hasPrefix("path=") { return String(record.dropFirst(5)) }
            offset += length
        }
        return nil
    }
}
