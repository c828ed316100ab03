import Foundation
import ModelFile
import ModelSamples
import Testing

@testable import Runtime
@testable import tidepool_edge

/// What `bench` makes of a network's times.
@Suite struct BenchTests {
    private func network(frames: Int) throws -> Network {
        let path = NSTemporaryDirectory() + "tidepool-\(UUID().uuidString).tide"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(taskModel(SampleTask.swimmer, frames: frames)).write(to: URL(fileURLWithPath: path))
        return try loadNetwork(path: path, threads: 1, isa: nil)
    }

    @Test func theChecksumIsThatOfTheFirstDecision() throws {
        let network = try network(frames: 3)
        var first = Bench(network), second = Bench(network)
        let checksum = first.checksum()
        first.measure(runs: 2, perOperation: false)
        #expect(second.checksum() == checksum)
        #expect(first.frameTimes.count == 2 && first.clipTimes.count == 1 && first.frameOperations.isEmpty)
    }

    @Test(arguments: [1, 3])
    func kindsSumUpTheOperations(frames: Int) throws {
        let network = try network(frames: frames)
        var bench = Bench(network)
        _ = bench.checksum()
        bench.measure(runs: 3, perOperation: true)
        #expect(bench.clipOperations.isEmpty == (frames == 1))
        let description = network.model.description
        let operations = BenchOperations(bench.frameOperations, of: description, peak: bench.peak)
        let count = description.frame.operations.count + (description.clipProgram?.operations.count ?? 0)
        #expect(operations.rows.count == count)
        #expect(operations.kinds.reduce(0) { $0 + $1.count } == count)
        let multiplyAdds = operations.rows.reduce(0) { $0 + $1.multiplyAdds }
        #expect(operations.kinds.reduce(0) { $0 + $1.multiplyAdds } == multiplyAdds && multiplyAdds > 0)
        #expect(operations.text().allSatisfy { $0.count == 7 } && operations.kindText().allSatisfy { $0.count == 7 })
    }

    @Test func theMiddleRunCounts() {
        var times = OperationTimes()
        for nanoseconds: Int64 in [5_000, 90_000, 4_000] {
            times.add([
                OperationProfile(
                    isClip: false, name: "a", kind: "dense", multiplyAdds: 8, nanoseconds: nanoseconds, runs: 2)
            ])
        }
        #expect(times.median(0) == 2_500)
    }
}
