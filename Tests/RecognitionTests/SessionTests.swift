import Budget
import CJPEG
import Camera
import Foundation
import PoolScene
import Runtime
import Testing

@testable import Recognition

/// Frames from memory; some of them cut off.
private final class Memory: FrameSource {
    let pictures: [[UInt8]]
    var counters = CaptureCounters()
    private var storage: UnsafeMutableRawBufferPointer?

    init(_ pictures: [[UInt8]]) { self.pictures = pictures }
    deinit { storage?.deallocate() }

    var summary: String { "memory" }

    func next() throws(CameraError) -> Arrival {
        guard counters.captured < pictures.count else { return .end }
        let picture = pictures[counters.captured]
        storage?.deallocate()
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: picture.count, alignment: 1)
        bytes.copyBytes(from: picture)
        storage = bytes
        counters.captured += 1
        return .frame(
            Frame(
                width: 0, height: 0, format: .mjpeg, stride: 0, bytes: UnsafeRawBufferPointer(bytes),
                sequence: counters.captured - 1, capturedNanoseconds: 0, name: "\(counters.captured - 1).jpg"))
    }
}

extension FrameSource {
    /// The next frame, past all events; `nil` at the end.
    func nextFrame() throws(CameraError) -> Frame? {
        while true {
            switch try next() {
            case .frame(let frame): return frame
            case .event: continue
            case .end: return nil
            }
        }
    }
}

private func jpeg(_ seed: Int) -> [UInt8] {
    let pixels = SmallNetwork.noise(seed: seed, count: 24 * 24 * 3).map { UInt8(bitPattern: $0) }
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    precondition(tp_jpeg_encode(pixels, 24, 24, 72, 90, &bytes, &count) == 0)
    defer { tp_jpeg_free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
}

private func cut(_ picture: [UInt8]) -> [UInt8] { Array(picture.dropLast(picture.count / 3)) }

private func session(_ pictures: [[UInt8]], budget: LatencyBudget? = nil) throws -> Session {
    let whole = RegionSource.fixed([Box(x0: 0, y0: 0, x1: 1, y1: 1)])
    return Session(
        recogniser: try Recogniser(network: Network(SmallNetwork.face()), regions: whole), source: Memory(pictures),
        budget: budget)
}

@Suite struct SessionTests {
    @Test func damagedPicturesAreCountedNamedAndPassedOver() throws {
        let session = try session([jpeg(1), cut(jpeg(2)), jpeg(3), Array("not a JPEG".utf8), jpeg(5)])
        var decided: [Int] = []
        var problems: [String] = []
        try session.run(decision: { decided.append($1.frame) }, problem: { problems.append($0.description) })
        #expect(decided == [0, 2, 4])
        #expect(problems.count == 2)
        #expect(problems.first?.hasPrefix("1.jpg: damaged picture: ") == true)
        #expect(session.framesTaken == 5 && session.decided == 3 && session.damaged == 2)
        #expect(session.dropped.map(\.cause) == ["damaged"])
    }

    @Test func aSourceWithoutOneGoodPictureFails() throws {
        let session = try session([cut(jpeg(1)), cut(jpeg(2))])
        do {
            try session.run(decision: { _, _ in }, problem: { _ in })
            Issue.record("went on without a picture")
        } catch {
            #expect(error.description == "memory: none of 2 pictures could be read")
        }
    }

    @Test func everyFrameIsInOneAccount() throws {
        let recogniser = try Recogniser(network: Network(SmallNetwork.clip(stride: 2)), regions: .truth)
        let source = try openSource("pool:seed=2,swimmers=2,width=160,height=120", live: false)
        let session = Session(recogniser: recogniser, source: source)
        try session.run(frames: 21, decision: { _, _ in }, problem: { _ in })
        #expect(session.framesTaken == 21)
        #expect(session.decided + session.filling + session.damaged == 21)
        #expect(session.decided == 7)
        #expect(session.stages[.age].count == 7)
        #expect(session.stages[.clipNetwork].count == 7)
    }

    /// Frames of an ancient date against a budget of a second: every other one is dropped, the others come late.
    @Test func theBudgetIsAccountedFor() throws {
        let session = try session((0..<10).map(jpeg), budget: LatencyBudget(limit: 1_000_000_000))
        try session.run(decision: { _, _ in }, problem: { _ in })
        let budget = try #require(session.budget)
        #expect(budget.dropped == 5 && budget.missed == 5)
        #expect(session.decided + budget.dropped == 10)
    }

    @Test func linesAreJSONOfTheDocumentedShape() throws {
        let recogniser = try Recogniser(network: Network(SmallNetwork.clip(stride: 1)), regions: .truth)
        let source = try openSource("pool:seed=2,swimmers=2,width=160,height=120", live: false)
        let session = Session(recogniser: recogniser, source: source, budget: LatencyBudget(limit: 1_000_000_000))
        var lines: [String] = []
        try session.run(
            frames: 6,
            decision: { lines.append($1.json(subject: "swimmers", dropped: [(cause: "stale", count: 2)])) },
            problem: { _ in })
        #expect(lines.count == 2)
        for line in lines {
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(Set(object.keys) == ["frame", "captured_ns", "age_ms", "swimmers", "dropped"])
            #expect(object["dropped"] as? [String: Int] == ["stale": 2])
            let swimmers = try #require(object["swimmers"] as? [[String: Any]])
            #expect(swimmers.count == 2)
            for swimmer in swimmers {
                #expect(Set(swimmer.keys) == ["track", "box", "action", "identity", "scores", "truth"])
                #expect((swimmer["box"] as? [Double])?.count == 4)
                #expect((swimmer["scores"] as? [String: [Int]])?["action"]?.count == 4)
            }
        }
        let summary = try #require(
            try JSONSerialization.jsonObject(with: Data(session.summaryJSON().utf8)) as? [String: [String: Any]])[
                "summary"]
        #expect(summary?["decided"] as? Int == 2)
        #expect(summary?["regions"] as? String == "truth")
        let latency = try #require(summary?["latency_ms"] as? [String: [String: Double]])
        #expect(Set(latency["age"]!.keys) == ["p50", "p95", "p99", "max"])
    }
}

@Suite struct TextTests {
    @Test(arguments: [
        (0, 1, "0.0"), (0.05, 1, "0.1"), (-0.04, 1, "0.0"), (-1.25, 1, "-1.3"), (12.345, 2, "12.35"),
        (1e6, 0, "1000000"),
        (0.0004, 3, "0.000"), (99.9996, 3, "100.000"),
    ])
    func decimalsAreRounded(value: Double, places: Int, text: String) {
        #expect(decimal(value, places: places) == text)
    }

    @Test func whatIsNoNumberIsNull() {
        #expect(decimal(.nan, places: 2) == nil && decimal(.infinity, places: 0) == nil)
        var text = JSONText()
        text.array { text in
            text.number(.nan, places: 1)
            text.number(3)
        }
        #expect(text.text == "[null,3]")
    }

    @Test func stringsAreEscaped() throws {
        let strange = "a\"b\\c\nd\u{1}é\u{1F3CA}"
        var text = JSONText()
        text.array { $0.string(strange) }
        #expect(try JSONSerialization.jsonObject(with: Data(text.text.utf8)) as? [String] == [strange])
    }

    @Test func regionsAreReadOrRefused() throws {
        guard case .fixed(let boxes) = try RegionSource(parsing: ["0,0,0.5,1", "0.5,0.25,1,0.75"]) else {
            Issue.record("not fixed")
            return
        }
        #expect(boxes == [Box(x0: 0, y0: 0, x1: 0.5, y1: 1), Box(x0: 0.5, y0: 0.25, x1: 1, y1: 0.75)])
        for text in ["", "0,0,1", "0,0,1,1,1", "0.5,0,0.5,1", "0,0,2,1", "-1,0,1,1", "a,b,c,d", "nan,0,1,1"] {
            #expect(throws: RegionError.notARegion(text)) { try RegionSource(parsing: [text]) }
        }
        #expect(throws: RegionError.truthIsAlone) { try RegionSource(parsing: ["truth", "0,0,1,1"]) }
    }
}
