import Foundation
import ModelSamples
import Recognition
import Testing

@testable import tidepool

@Suite struct IdentifyTests {
    /// A direction in the plane, in degrees.
    private func at(_ degrees: Double) -> Embedding {
        Embedding(direction: [cos(degrees * .pi / 180), sin(degrees * .pi / 180)].map { Int32(($0 * 1e6).rounded()) })!
    }

    private func samples(_ list: [(String, Double)]) -> [IdentificationTrial.Sample] {
        list.map { .init(person: $0.0, embedding: at($0.1)) }
    }

    /// Known by one clip each: a at 0°, b at 90°. Probes: a at 20° and 60°, which is nearer to b, and b at 100°.
    /// Impostors: c at 150° and 200°.
    private var people: [IdentificationTrial.Sample] {
        samples([("a", 0), ("b", 90), ("a", 20), ("c", 150), ("a", 60), ("b", 100), ("c", 200)])
    }

    @Test func ratesAreCountedByHand() throws {
        let trial = try IdentificationTrial(people, people: 2, impostors: nil, clips: 1, source: "x")
        #expect(trial.known == ["a", "b"] && trial.impostors == ["c"] && trial.probes.count == 5)
        #expect(trial.rankOne == 2.0 / 3)
        // Known: cos 20° 0.940, cos 30° 0.866 (misnamed), cos 10° 0.985; impostors: cos 60° 0.5, cos 110° −0.342.
        let third = 1.0 / 3
        let byHand: [(threshold: Double, accepts: Double, rejects: Double, misnamed: Double)] = [
            (-1, 1, 0, third), (0.4, 0.5, 0, third), (0.6, 0, 0, third), (0.9, 0, third, 0), (0.95, 0, 2 * third, 0),
            (1, 0, 1, 0),
        ]
        for expected in byHand {
            let rates = trial.rates(at: expected.threshold)
            #expect(rates.falseAccepts == expected.accepts && rates.falseRejects == expected.rejects)
            #expect(rates.misnamed == expected.misnamed)
        }
    }

    @Test func peopleComeInTheOrderOfTheirClipsAndStrangersAreNobody() throws {
        let crowd = samples([("stranger", 10), ("stranger", 11), ("c", 1), ("a", 2), ("c", 3), ("a", 4), ("b", 5)])
        let half = try IdentificationTrial(crowd, people: nil, impostors: nil, clips: 1, source: "x")
        #expect(half.known == ["c"] && half.impostors == ["stranger", "a", "b"])
        let fewer = try IdentificationTrial(crowd, people: 2, impostors: 1, clips: 1, source: "x")
        #expect(fewer.known == ["c", "a"] && fewer.impostors == ["stranger"])
    }

    @Test func theChosenThresholdIsTheLeastThatKeepsTheRate() throws {
        var random = SampleGenerator(seed: 3)
        var list: [(String, Double)] = [("a", 0), ("a", 5)]
        for index in 0..<200 { list.append(("stranger-\(index)", Double(random.integer(0...180)))) }
        let trial = try IdentificationTrial(samples(list), people: 1, impostors: nil, clips: 1, source: "x")
        for wanted in [0, 0.005, 0.01, 0.1, 0.5, 0.99] {
            let threshold = trial.threshold(falseAccepts: wanted)
            #expect(trial.rates(at: threshold).falseAccepts <= wanted)
            #expect(trial.rates(at: threshold - 0x1p-16).falseAccepts > wanted)
        }
        #expect(trial.threshold(falseAccepts: 1) == -1)
    }

    @Test func tooFewPeopleOrClipsAreNamed() {
        for (people, impostors, clips, says) in [
            (4, nil, 1, "3 people have more than 1 clips"), (1, 9, 1, "2 people are left as impostors"),
            (3, nil, 1, "0 people are left as impostors"), (nil, nil, 9, "0 people have more than 9 clips"),
        ] as [(Int?, Int?, Int, String)] {
            do {
                _ = try IdentificationTrial(
                    self.people, people: people, impostors: impostors, clips: clips, source: "truth.jsonl")
                Issue.record("accepted")
            } catch { #expect("\(error)".hasPrefix("truth.jsonl: ") && "\(error)".contains(says), "\(error)") }
        }
    }

    @Test func sharesArePercentOrFractions() {
        #expect(Share(argument: "1%")?.fraction == 0.01 && Share(argument: "0.5 %")?.fraction == 0.005)
        #expect(Share(argument: "0.25")?.fraction == 0.25)
        for text in ["", "%", "x", "-1%", "101%", "1.5", "nan"] { #expect(Share(argument: text) == nil) }
    }

    @Test func identifyRunsOnDrawnStrangers() throws {
        let scratch = Scratch()
        let tide = scratch.path + "/small.tide"
        try Data(embeddingModel(frames: 15, size: 12)).write(to: URL(fileURLWithPath: tide))
        let scene = try SceneCommand.parse([
            "--out", scratch.path, "--clips", "16", "--seed", "3", "--size", "12", "--population", "5", "--members",
            "4", "--format", "npy",
        ])
        try scene.run()
        let given = [tide, "--images", scratch.path + "/clips.npy", "--labels", scratch.path + "/truth.jsonl"]
        for extra in [["--enroll", "1"], ["--enroll", "1", "--people", "3", "--choose", "10%", "--json"]] {
            let command = try IdentifyCommand.parse(given + extra)
            try command.run()
        }
        try Data(embeddingModel(frames: 15, size: 12, facts: [])).write(to: URL(fileURLWithPath: tide))
        for (extra, says) in [([], "has no embedding"), (["--output", "nothing"], "nothing")] as [([String], String)] {
            let command = try IdentifyCommand.parse(given + extra)
            do {
                try command.run()
                Issue.record("accepted")
            } catch { #expect("\(error)".contains(says)) }
        }
    }
}
