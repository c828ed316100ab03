import Foundation
import ModelFile
import ModelSamples
import Testing

@testable import Recognition

/// A direction from a seed.
private func embedding(_ seed: Int, dimension: Int = 24) -> Embedding {
    var random = SampleGenerator(seed: UInt64(seed))
    return Embedding(direction: (0..<dimension).map { _ in Int32(random.integer(-1000...1000)) })!
}

private func sample() throws -> Gallery {
    var gallery = Gallery(model: 0x0123_4567_89AB_CDEF, dimension: 24)
    for (seed, name) in ["anna", "ben", "Çağla"].enumerated() {
        try gallery.enrol(name, (0...seed).map { embedding(10 * seed + $0) })
    }
    return gallery
}

@Suite struct GalleryTests {
    @Test func aFileReadsBack() throws {
        let gallery = try sample()
        let path = NSTemporaryDirectory() + "tidepool-\(UUID().uuidString).gallery"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try gallery.write(to: path)
        let read = try Gallery(path: path)
        #expect(read == gallery && read.encoded == gallery.encoded)
        #expect(read.swimmers.map(\.name) == ["anna", "ben", "Çağla"] && read.swimmers.map(\.clips) == [1, 2, 3])
        let empty = Gallery(model: 1, dimension: 4_096)
        #expect(try Gallery(bytes: empty.encoded, name: "empty") == empty)
    }

    /// Clips that come later count as if they had come at once.
    @Test func furtherClipsAreAdded() throws {
        var atOnce = Gallery(model: 1, dimension: 24), later = atOnce
        try atOnce.enrol("anna", (0..<5).map { embedding($0) })
        try later.enrol("anna", (0..<2).map { embedding($0) })
        try later.enrol("anna", (2..<5).map { embedding($0) })
        #expect(atOnce == later && atOnce["anna"]?.clips == 5)
    }

    @Test func theMeanIsTheDirectionOfTheSum() throws {
        var gallery = Gallery(model: 1, dimension: 2)
        try gallery.enrol("anna", [Embedding(direction: [1, 0])!, Embedding(direction: [0, 9])!])
        #expect(gallery["anna"]?.mean == Embedding(direction: [1, 1]))
    }

    @Test func theRemovedAreGone() throws {
        var gallery = try sample()
        try gallery.remove("ben")
        #expect(gallery.swimmers.map(\.name) == ["anna", "Çağla"])
        #expect(throws: GalleryError.unknownSwimmer("ben", known: ["anna", "Çağla"])) { try gallery.remove("ben") }
    }

    @Test func whatDoesNotFitIsRefusedAndChangesNothing() throws {
        var gallery = try sample()
        let before = gallery
        for name in ["", "unknown", " anna", "anna ", "an\nna", String(repeating: "ä", count: 33)] {
            #expect(throws: GalleryError.self) { try gallery.enrol(name, [embedding(1)]) }
        }
        let opposite = Embedding(direction: embedding(0).components.map { -$0 })!
        #expect(throws: GalleryError.self) { try gallery.enrol("anna", [opposite]) }
        #expect(throws: GalleryError.self) {
            try gallery.enrol("dora", [Embedding](repeating: embedding(1), count: Gallery.maximumClips + 1))
        }
        #expect(gallery == before)
        var full = Gallery(model: 1, dimension: 1)
        for index in 0..<Gallery.maximumSwimmers { try full.enrol("\(index)", [Embedding(direction: [1])!]) }
        #expect(throws: GalleryError.self) { try full.enrol("one more", [Embedding(direction: [1])!]) }
        try full.enrol("7", [Embedding(direction: [1])!])
        #expect(try Gallery(bytes: full.encoded, name: "full") == full)
    }

    // MARK: Matches

    @Test func theNearestIsNamedFromTheThresholdOn() throws {
        var gallery = Gallery(model: 1, dimension: 2)
        try gallery.enrol("anna", [Embedding(direction: [1, 0])!])
        try gallery.enrol("ben", [Embedding(direction: [-1, 5])!])
        // cos 60° and a multiple of 2⁻¹⁶ on both sides of it
        let seen = Embedding(direction: [5_000, -8_660])!
        let similarity = gallery["anna"]!.mean.cosine(seen)
        #expect(abs(similarity - 0.5) < 1e-4)
        for (threshold, name) in [(similarity, "anna"), (similarity - 0x1p-16, "anna"), (similarity + 0x1p-16, nil)] {
            let match = gallery.match(seen, threshold: threshold)
            #expect(match.name == name && match.nearest == "anna" && match.similarity == similarity)
            #expect(match.margin == similarity - gallery["ben"]!.mean.cosine(seen))
        }
        #expect(gallery.match(seen, threshold: -1).name == "anna" && gallery.match(seen, threshold: 1).name == nil)
        #expect(gallery.match(Embedding(direction: [3, 0])!, threshold: 1).name == "anna")
    }

    @Test func orderDoesNotMatterAndTheSecondIsTheSecond() throws {
        let seen = embedding(5)
        let names = (0..<6).map { "s\($0)" }
        var matches: [GalleryMatch] = []
        for order in [names, names.reversed(), ["s3", "s1", "s5", "s0", "s2", "s4"]] {
            var gallery = Gallery(model: 1, dimension: 24)
            for name in order { try gallery.enrol(name, [embedding(Int(name.dropFirst())!)]) }
            matches.append(gallery.match(seen, threshold: 0.5))
        }
        let second = (0..<5).map { embedding($0).cosine(seen) }.max()!
        #expect(matches.allSatisfy { $0 == matches[0] })
        #expect(matches[0].name == "s5" && abs(matches[0].similarity! - 1) < 1e-4)
        #expect(matches[0].margin == matches[0].similarity! - second)
    }

    @Test func matchesInWordsAndJSON() throws {
        var gallery = Gallery(model: 1, dimension: 2)
        let right = Embedding(direction: [1, 0])!
        func said(_ threshold: Double) -> [String] {
            let match = gallery.match(right, threshold: threshold)
            var line = JSONText()
            match.write(to: &line)
            return [match.words, line.text]
        }
        #expect(said(0.5) == ["unknown", "{\"name\":\"unknown\"}"])
        try gallery.enrol("anna", [Embedding(direction: [4, 3])!])
        #expect(said(0.5) == ["anna 0.80", "{\"name\":\"anna\",\"similarity\":0.8000}"])
        try gallery.enrol("ben", [Embedding(direction: [3, 4])!])
        #expect(
            said(0.9) == [
                "unknown 0.80", "{\"name\":\"unknown\",\"similarity\":0.8000,\"margin\":0.2000,\"nearest\":\"anna\"}",
            ])
    }

    // MARK: Hostile files

    private func error(_ bytes: [UInt8]) -> GalleryError? {
        do {
            // What can be read can be written, and is the same.
            let gallery = try Gallery(bytes: bytes, name: "a.gallery")
            if gallery.encoded != bytes { Issue.record("\(bytes.count) bytes read as another gallery") }
            return nil
        } catch { return error }
    }

    @Test func eachDamageHasItsError() throws {
        let bytes = try sample().encoded
        for count in 0..<8 { #expect(error(Array(bytes.prefix(count))) == .notAGallery(file: "a.gallery")) }
        #expect(error(try embeddingModel()) == .notAGallery(file: "a.gallery"))
        var other = bytes
        other[4] = 9
        #expect(error(other) == .unsupportedVersion(file: "a.gallery", version: 9))
        for count in 8..<bytes.count {
            guard case .damaged = error(Array(bytes.prefix(count))) else {
                Issue.record("\(count) bytes were accepted")
                continue
            }
        }
        for offset in 16..<bytes.count {
            other = bytes
            other[offset] ^= 4
            #expect(error(other) == .damaged(file: "a.gallery", what: "the checksum does not match"))
        }
        #expect(throws: GalleryError.self) { try Gallery(path: "no/such.gallery") }
        #expect(throws: GalleryError.self) { try sample().write(to: "no/such.gallery") }
    }

    /// Ten thousand damaged files, every other one with a good checksum: an error that names the file, or a gallery.
    @Test(arguments: 0..<10) func mutationsAreErrorsOrGalleries(seed: Int) throws {
        let original = try sample().encoded
        var random = SampleGenerator(seed: UInt64(seed))
        var outcomes: [String: Int] = [:]
        for index in 0..<1_000 {
            var bytes = original
            for _ in 0..<random.pick([1, 1, 2, 3]) { mutate(&bytes, &random) }
            if index % 2 == 1 { repair(&bytes) }
            let found = error(bytes)
            #expect(found == nil || found!.description.hasPrefix("a.gallery: "))
            switch found {
            case nil: outcomes["valid", default: 0] += 1
            case .notAGallery: outcomes["no gallery", default: 0] += 1
            case .unsupportedVersion: outcomes["version", default: 0] += 1
            case .damaged(_, let what): outcomes[what.filter { !$0.isNumber }, default: 0] += 1
            default: Issue.record("\(found!)")
            }
        }
        // Reached: galleries that pass, and every error that bytes can cause.
        for outcome in [
            "valid", "no gallery", "version", "it ends within the header", " bytes instead of ",
            "the checksum does not match",
            "its dimension or number of swimmers is out of range", "bytes follow its last swimmer",
            "swimmer  is cut off, named twice or not made of embeddings",
        ] {
            #expect(outcomes[outcome, default: 0] > 0, "\(outcome) in \(outcomes)")
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SampleGenerator) {
        guard bytes.count > 4 else { return }
        // half of them within the header and the first swimmer's
        let words = bytes.count / 4
        let word = 4 * random.integer(0...(random.chance(0.5) ? min(words, 12) : words) - 1)
        switch random.integer(0...9) {
        case 0: bytes[random.integer(0...bytes.count - 1)] ^= 1 << UInt8(random.integer(0...7))
        case 1: bytes.removeLast(random.integer(1...bytes.count - 1))
        case 2: bytes += random.bytes(random.integer(1...40)).map { UInt8(bitPattern: $0) }
        case 3: bytes[word + 3] = random.pick([0, 0x7F, 0x80, 0xFF])
        case 4: for i in word..<word + 4 { bytes[i] = random.pick([0, 0xFF]) }
        case 5: bytes.swapAt(random.integer(0...bytes.count - 1), random.integer(0...bytes.count - 1))
        default: bytes[word] = random.pick([0, 1, 2, 3, 24, 64, 65, 127, 255])
        }
    }

    private func repair(_ bytes: inout [UInt8]) {
        guard bytes.count > 20 else { return }
        let checksum = bytes[20...].withUnsafeBytes { CRC32.checksum($0) }
        for i in 0..<8 { bytes[8 + i] = UInt8(truncatingIfNeeded: bytes.count >> (8 * i)) }
        for i in 0..<4 { bytes[16 + i] = UInt8(truncatingIfNeeded: checksum >> UInt32(8 * i)) }
    }
}
