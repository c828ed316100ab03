import Budget
import Camera
import Foundation
import PoolScene
import Runtime
import Testing

@testable import Recognition

private let second: Int64 = 1_000_000_000

private func faces(_ regions: RegionSource = .wholeFrame, clock: @escaping Clock = { 0 }) throws -> Recogniser {
    try Recogniser(name: "faces", network: Network(SmallNetwork.face()), regions: regions, clock: clock)
}

private func swimmers(
    stride: Int = 1, trouble: TroubleRule? = nil, lighter: Bool = false, clock: @escaping Clock = { 0 }
) throws -> Recogniser {
    try Recogniser(
        name: "swimmers", network: Network(SmallNetwork.clip(stride: stride)),
        lighter: lighter ? Network(SmallNetwork.clip(stride: stride, seed: 2)) : nil, regions: .wholeFrame,
        trouble: trouble, clock: clock)
}

private func run(_ session: Session, frames: Int? = nil) throws -> Recorder {
    let recorder = Recorder()
    try session.run(frames: frames, observer: recorder)
    #expect(session.accounted == session.source.counters.captured)
    return recorder
}

@Suite struct SessionTests {
    @Test func damagedPicturesAreCountedNamedAndPassedOver() throws {
        let session = try Session(
            recognisers: [faces()],
            source: ScriptedSource([jpeg(1), cut(jpeg(2)), jpeg(3), Array("not a JPEG".utf8), jpeg(5)]))
        let recorder = try run(session)
        #expect(recorder.decisions.map(\.frame) == [0, 2, 4])
        #expect(recorder.damaged.count == 2 && recorder.damaged[0].hasPrefix("1.jpg: damaged picture: "))
        #expect(session.frames.taken == 5 && session.frames.decided == 3)
        #expect(session.dropped.map(\.cause) == ["damaged"] && session.frames.dropped(.damaged) == 2)
    }

    @Test func aSourceWithoutOneGoodPictureFails() throws {
        let session = try Session(recognisers: [faces()], source: ScriptedSource([cut(jpeg(1)), cut(jpeg(2))]))
        do {
            try session.run(observer: Recorder())
            Issue.record("went on without a picture")
        } catch {
            #expect(error.description == "script: none of 2 pictures could be read")
        }
    }

    @Test func everyFrameIsInOneAccount() throws {
        let recogniser = try Recogniser(network: Network(SmallNetwork.clip(stride: 2)), regions: .truth)
        let source = try openSource("pool:seed=2,swimmers=2,width=160,height=120", live: false)
        let session = try Session(recognisers: [recogniser], source: source)
        _ = try run(session, frames: 21)
        #expect(session.frames.taken == 21 && session.frames.decided == 7 && session.frames.filling == 14)
        #expect(session.stages[.age].count == 7 && session.stages[.clipNetwork].count == 7)
        #expect(session.tasks[0].decided == 14 && session.tasks[0].stages[.age].count == 14)
    }

    @Test func theSourceIsStoppedHoweverTheRunEnds() throws {
        for steps in [[], [.fail(.gone("camera"))], [.jpeg(jpeg(1)), .jpeg(jpeg(2))]] as [[ScriptedSource.Step]] {
            let source = ScriptedSource(steps)
            let session = try Session(recognisers: [faces()], source: source)
            try? session.run(frames: 1, observer: Recorder())
            #expect(source.wasStopped)
            // What its thread still counts belongs to no run.
            let atEnd = session.counters
            source.counters.captured += 5
            #expect(session.counters == atEnd)
        }
    }

    // MARK: Several tasks

    @Test func tasksShareOneDecodedPicture() throws {
        let clock = ScriptedClock(step: second / 1000)
        let halves = RegionSource.fixed([Box(x0: 0, y0: 0, x1: 0.5, y1: 1), Box(x0: 0.5, y0: 0, x1: 1, y1: 1)])
        let spy = SpyPolicy()
        let session = try Session(
            recognisers: [swimmers(clock: clock.read), faces(halves, clock: clock.read)],
            source: ScriptedSource((0..<7).map { .jpeg(jpeg($0)) }, clock: clock.read),
            promises: [Promise(name: "swimmers", p99: second), Promise(name: "faces", p99: second)], policy: spy,
            clock: clock.read)
        let recorder = try run(session)
        #expect(spy.decodes.count == 7)
        #expect(spy.offered.allSatisfy { $0.map(\.task) == [0, 1, 1] && $0.map(\.region) == [0, 0, 1] })
        // Faces at once, swimmers when five frames are there.
        #expect(recorder.decisions.map { $0.tasks.map(\.name) }
            == Array(repeating: ["faces"], count: 4) + Array(repeating: ["swimmers", "faces"], count: 3))
        #expect(session.frames.decided == 7 && session.tasks.map(\.decided) == [3, 14])
        #expect(session.stages[.decode].count == 7 && session.tasks[1].stages[.decode].count == 14)
        // Each decision's own parts add up to its age but for what the session itself takes.
        for sample in recorder.samples {
            let parts = [Stage.wait, .decode, .prepare, .frameNetwork, .clipNetwork].reduce(0) { $0 + sample[$1] }
            #expect(parts <= sample[.age] && sample[.age] - parts <= second / 250)
        }
        let both = try #require(recorder.decisions.last)
        #expect(both.tasks[1].tracks.map(\.track) == [0, 1])
        #expect(both.tracks.allSatisfy { $0.ageNanoseconds <= both.ageNanoseconds })
    }

    @Test func aPlanIsFollowed() throws {
        let spy = SpyPolicy()
        spy.chooses = { regions in
            FramePlan(
                items: [WorkItem(region: regions[1]), WorkItem(region: regions[0])], pictureScale: 2,
                dropped: [.init(region: regions[2], cause: .shed)])
        }
        spy.admitted = { $0.region.region == 0 }
        let thirds = (0..<3).map { Box(x0: Float($0) / 3, y0: 0, x1: Float($0 + 1) / 3, y1: 1) }
        let session = try Session(
            recognisers: [faces(.fixed(thirds))], source: ScriptedSource((0..<4).map { jpeg($0) }),
            promises: [Promise(name: "faces", p99: second)], policy: spy)
        let recorder = try run(session)
        #expect(recorder.decisions.map { $0.tracks.map(\.track) } == Array(repeating: [0], count: 4))
        #expect(spy.decodes.map(\.scale) == [2, 2, 2, 2])
        let dropped = session.tasks[0].dropped
        #expect(dropped.map(\.cause) == ["late", "shed"] && dropped.map(\.count) == [4, 4])
    }

    @Test(arguments: [DropCause.late, .skipped, .shed, .paced])
    func aFrameThatServesNobodyHasOneCause(cause: DropCause) throws {
        let spy = SpyPolicy()
        spy.chooses = { FramePlan(items: [], dropped: $0.map { .init(region: $0, cause: cause) }) }
        let session = try Session(
            recognisers: [faces()], source: ScriptedSource((0..<3).map { jpeg($0) }),
            promises: [Promise(name: "faces", p99: second)], policy: spy)
        let recorder = try run(session)
        #expect(recorder.decisions.isEmpty && spy.decodes.isEmpty)
        #expect(session.dropped.map(\.cause) == [cause.label] && session.dropped.map(\.count) == [3])
    }

    @Test func nothingIsSaidPastTheAgeLimitButItIsCounted() throws {
        for hides in [true, false] {
            let spy = SpyPolicy()
            spy.timeliness = .expired
            let session = try Session(
                recognisers: [faces()], source: ScriptedSource((0..<3).map { jpeg($0) }),
                promises: [Promise(name: "faces", p99: second)], policy: spy, hidesExpired: hides)
            let recorder = try run(session)
            #expect(recorder.decisions.count == (hides ? 0 : 3) && recorder.samples.count == 3)
            #expect(session.frames.dropped(.expired) == (hides ? 3 : 0))
            #expect(session.tasks[0].missed == 3 && session.tasks[0].expired == 3)
        }
    }

    @Test func aDamagedPictureIsReportedToThePolicy() throws {
        let spy = SpyPolicy()
        let session = try Session(
            recognisers: [faces()], source: ScriptedSource([jpeg(1), cut(jpeg(2))]),
            promises: [Promise(name: "faces", p99: second)], policy: spy)
        _ = try run(session)
        #expect(spy.abandonedItems == 1 && session.tasks[0].dropped.map(\.cause) == ["damaged"])
    }

    // MARK: Trouble, lighter programs

    @Test func troubleIsFedBack() throws {
        for (probability, expected) in [(0.0, true), (1.0, false)] {
            let spy = SpyPolicy()
            let rule = TroubleRule(task: "action", labels: ["drowning"], probability: probability)
            let session = try Session(
                recognisers: [swimmers(trouble: rule)], source: ScriptedSource((0..<6).map { jpeg($0) }),
                promises: [Promise(name: "swimmers", p99: second)], policy: spy)
            let recorder = try run(session)
            #expect(spy.troubles.map(\.isInTrouble) == [expected, expected])
            #expect(recorder.decisions.allSatisfy { $0.tracks[0].isInTrouble == expected })
        }
    }

    @Test func aLighterProgramBeginsItsOwnClip() throws {
        let spy = SpyPolicy()
        var frame = 0
        spy.chooses = { regions in
            frame += 1
            return FramePlan(items: regions.map { WorkItem(region: $0, lighter: (8...14).contains(frame)) })
        }
        let session = try Session(
            recognisers: [swimmers(lighter: true)], source: ScriptedSource((0..<20).map { jpeg($0) }),
            promises: [Promise(name: "swimmers", p99: second)], policy: spy)
        let recorder = try run(session)
        #expect(recorder.decisions.map(\.frame) == [4, 5, 6] + [11, 12, 13] + [18, 19])
        let full = Set(recorder.decisions.prefix(3).map { $0.tracks[0].results[0].scores })
        let light = Set(recorder.decisions[3...5].map { $0.tracks[0].results[0].scores })
        #expect(full.isDisjoint(with: light))
    }

    @Test func looksWithoutADecisionKeepTheClipFilled() throws {
        let spy = SpyPolicy()
        var frame = 0
        spy.chooses = { regions in
            frame += 1
            return FramePlan(items: regions.map { WorkItem(region: $0, decides: frame % 3 == 0) })
        }
        let session = try Session(
            recognisers: [swimmers()], source: ScriptedSource((0..<12).map { jpeg($0) }),
            promises: [Promise(name: "swimmers", p99: second)], policy: spy)
        let recorder = try run(session)
        #expect(recorder.decisions.map(\.frame) == [5, 8, 11] && session.frames.filling == 9)
    }

    @Test func whatCannotStandInIsRefused() throws {
        let network = try Network(SmallNetwork.clip(stride: 1))
        for other in try [
            SmallNetwork.face(), SmallNetwork.clip(stride: 2), SmallNetwork.clip(frames: 4, stride: 1),
        ] {
            #expect(throws: RecognitionError.self) {
                try Recogniser(network: network, lighter: Network(other), regions: .wholeFrame)
            }
        }
        for (task, label, words) in [
            ("mood", "drowning", "no classification 'mood'; it has action, identity"),
            ("action", "flying", "no label 'flying'; it has breaststroke, drowning, freestyle, safe"),
        ] {
            do {
                _ = try Recogniser(
                    network: network, regions: .wholeFrame,
                    trouble: TroubleRule(task: task, labels: [label], probability: 0.5))
                Issue.record("\(task), \(label) was accepted")
            } catch { #expect(error.description.contains(words), "\(error.description)") }
        }
    }

    // MARK: The camera

    @Test func cameraEventsAreToldInOrderAndClipsBeginAnew() throws {
        var steps: [ScriptedSource.Step] = [.event(.connecting), .event(.streaming)]
        steps += (0..<6).map { .jpeg(jpeg($0)) }
        steps += [.event(.lost, .gone), .event(.waiting, .gone), .event(.streaming)]
        steps += (6..<12).map { .jpeg(jpeg($0)) }
        let session = try Session(recognisers: [swimmers()], source: ScriptedSource(steps))
        let recorder = try run(session)
        // Five frames fill a clip, before the loss and after it.
        #expect(recorder.decisions.map(\.frame) == [4, 5, 10, 11])
        let states = recorder.events.compactMap { if case .camera(let event) = $0 { event.state } else { nil } }
        #expect(states == [.connecting, .streaming, .lost, .waiting, .streaming] && session.cameraEvents == 5)
        #expect(recorder.events[2].words == "camera lost (gone): as scripted")
        let object = try JSONSerialization.jsonObject(with: Data(recorder.events[2].json().utf8)) as? [String: Any]
        #expect(object?["event"] as? String == "camera" && object?["state"] as? String == "lost")
        #expect(object?["cause"] as? String == "gone" && object?["attempt"] as? Int == 0)
    }
}
