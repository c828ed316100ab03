import Camera
import Foundation
import ModelFile
import PoolScene
import Runtime
import Testing

@testable import Recognition

@Suite struct RecogniserTests {
    /// What the network says of five crops made by hand equals what the recogniser said while they streamed by.
    @Test func aStreamDecidesAsItsLastClip() throws {
        let network = try Network(SmallNetwork.clip(stride: 2))
        let recogniser = try Recogniser(network: network, regions: .truth)
        let source = try openSource("pool:seed=4,swimmers=2,width=160,height=120", live: false)
        defer { withExtendedLifetime(source) {} }
        let preprocessor = Preprocessor(width: SmallNetwork.size, height: SmallNetwork.size)
        var crops: [Int: [[Int8]]] = [:]
        var decisions = 0
        for index in 0..<16 {
            let frame = try #require(try source.nextFrame())
            if index % 2 == 0 {
                for swimmer in frame.truth {
                    var crop = [Int8](repeating: 0, count: SmallNetwork.size * SmallNetwork.size * 3)
                    let box = swimmer.box.squareCrop(frameWidth: frame.width, height: frame.height)
                    try crop.withUnsafeMutableBufferPointer { try preprocessor.prepare(frame, crop: box, into: $0) }
                    crops[swimmer.track, default: []].append(crop)
                }
            }
            let tracks = try recogniser.process(frame)
            #expect(tracks.isEmpty == (index < 8 || index % 2 == 1))
            for track in tracks {
                let whole = try Network(SmallNetwork.clip(stride: 2))
                let clip = crops[track.track]!.suffix(5)
                let stored = clip.flatMap { $0 }
                let count = stored.count / 5
                stored.withUnsafeBufferPointer { pixels in
                    whole.runClip(frames: (0..<5).map { .init(rebasing: pixels[$0 * count..<($0 + 1) * count]) })
                }
                #expect(whole.results().map(\.scores) == track.results.map(\.scores))
                decisions += 1
            }
        }
        #expect(decisions == 8)
    }

    @Test func regionsAreTracksOfTheirOwn() throws {
        let boxes = [Box(x0: 0, y0: 0, x1: 0.5, y1: 1), Box(x0: 0.5, y0: 0, x1: 1, y1: 1)]
        let both = try Recogniser(network: Network(SmallNetwork.face()), regions: .fixed(boxes))
        let right = try Recogniser(network: Network(SmallNetwork.face()), regions: .fixed([boxes[1]]))
        let source = try openSource("pool:seed=4,swimmers=2,width=160,height=120", live: false)
        defer { withExtendedLifetime(source) {} }
        let frame = try #require(try source.nextFrame())
        let two = try both.process(frame)
        let one = try right.process(frame)
        #expect(two.map(\.track) == [0, 1])
        #expect(two[1].results.map(\.scores) == one[0].results.map(\.scores))
        #expect(two[0].results.map(\.scores) != two[1].results.map(\.scores))
    }

    @Test func answersAreTheLargestScoresInTheirUnits() throws {
        let network = try Network(SmallNetwork.face())
        let recogniser = try Recogniser(network: network, regions: .fixed([Box(x0: 0, y0: 0, x1: 1, y1: 1)]))
        let source = try openSource("pool:seed=1,width=160,height=120", live: false)
        defer { withExtendedLifetime(source) {} }
        let frame = try #require(try source.nextFrame())
        let results = try #require(try recogniser.process(frame).first).results
        #expect(results.map(\.name) == ["age", "gender", "race"])
        for result in results.dropFirst() {
            guard case .label(let label, let probability) = result.answer else {
                Issue.record("\(result.name) is a classification")
                continue
            }
            #expect(abs(probability - Double(result.scores.max()!) / 65536) < 1e-9)
            #expect(!label.isEmpty)
            #expect(abs(result.scores.reduce(0, +) - 65536) <= 5)
        }
        guard case .number(let years) = results[0].answer else {
            Issue.record("age is a number")
            return
        }
        #expect(abs(years - network.output(0).real(0)) < 1e-9)
    }

    @Test func everyInstructionSetSaysTheSame() throws {
        let model = try SmallNetwork.clip(stride: 1)
        var all: [[Int32]] = []
        for isa in InstructionSet.available {
            let recogniser = try Recogniser(
                network: Network(model, RuntimeOptions(isa: isa)), regions: .truth)
            let source = try openSource("pool:seed=9,swimmers=1,width=160,height=120", live: false)
            defer { withExtendedLifetime(source) {} }
            var scores: [Int32] = []
            for _ in 0..<7 {
                for track in try recogniser.process(#require(try source.nextFrame())) {
                    scores += track.results.flatMap(\.scores)
                }
            }
            #expect(scores.count == 3 * 8)
            all.append(scores)
        }
        #expect(all.allSatisfy { $0 == all[0] })
    }
}
