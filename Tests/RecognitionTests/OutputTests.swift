import Budget
import Camera
import Foundation
import PoolScene
import Runtime
import Testing

@testable import Recognition

@Suite struct OutputTests {
    @Test func linesAreJSONOfTheDocumentedShape() throws {
        let recogniser = try Recogniser(network: Network(SmallNetwork.clip(stride: 1)), regions: .truth)
        let session = try Session(
            recognisers: [recogniser], source: openSourceOfPool(), promises: [Promise(name: "swimmers", p99: .max / 4)])
        let recorder = Recorder()
        try session.run(frames: 6, observer: recorder)
        #expect(recorder.decisions.count == 2)
        for decision in recorder.decisions {
            let line = decision.json(dropped: [(cause: "stale", count: 2)])
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
        let summary = try summary(of: session)
        #expect(summary["decided"] as? Int == 2 && summary["regions"] as? String == "truth")
        let latency = try #require(summary["latency_ms"] as? [String: [String: Double]])
        #expect(Set(latency["age"]!.keys) == ["p50", "p95", "p99", "max"])
        for key in ["captured", "taken", "filling", "missed", "reopens", "stalls", "clock_faults", "camera_events"] {
            #expect(summary[key] as? Int != nil, "\(key)")
        }
    }

    @Test func severalTasksHaveTheirOwnKeysAgesAndAccounts() throws {
        let rule = TroubleRule(task: "action", labels: ["drowning"], probability: 0.5)
        let session = try Session(
            recognisers: [
                Recogniser(
                    name: "lanes", network: Network(SmallNetwork.clip(stride: 1)), regions: .wholeFrame, trouble: rule),
                Recogniser(name: "visitors", network: Network(SmallNetwork.face()), regions: .wholeFrame),
            ], source: ScriptedSource((0..<6).map { jpeg($0) }))
        let recorder = Recorder()
        try session.run(observer: recorder)
        let line = try #require(recorder.decisions.last).json(dropped: [], withAges: true)
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        let lane = try #require((object["lanes"] as? [[String: Any]])?.first)
        let visitor = try #require((object["visitors"] as? [[String: Any]])?.first)
        #expect(lane["trouble"] is Bool && lane["age_ms"] is Double && visitor["trouble"] == nil)
        let tasks = try #require(try summary(of: session)["tasks"] as? [[String: Any]])
        #expect(tasks.map { $0["name"] as? String } == ["lanes", "visitors"])
        #expect(tasks.map { $0["decided"] as? Int } == [2, 6])
    }

    private func summary(of session: Session) throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(session.summaryJSON().utf8))
        return try #require((object as? [String: [String: Any]])?["summary"])
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
