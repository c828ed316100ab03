import FloatGraph
import Foundation
import Testing

@testable import tidepool

/// Samples that would calibrate a network wrongly, and what is said of them.
@Suite struct CalibrationGuardTests {
    private static let shape = InputShape(frames: 1, height: 8, width: 8, swapRedBlue: false)
    /// Warm pictures: red 60 above blue.
    private static let warm = try! JSONDecoder().decode(
        ColourStatistics.self,
        from: Data(#"{"mean": [150, 120, 90], "deviation": [20, 20, 20], "warmth": 20}"#.utf8))

    /// Noise around a colour.
    private static func samples(_ count: Int, _ colour: [Int], spread: Int = 30, seed: UInt64 = 1) -> [Sample] {
        var state = seed
        func random() -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % (2 * spread + 1) - spread
        }
        return (0..<count).map { number in
            Sample(
                name: "sample-\(number)",
                pixels: (0..<192).map { Int8(min(max(colour[$0 % 3] + random(), 0), 255) - 128) })
        }
    }

    private func warnings(_ samples: [Sample], _ statistics: ColourStatistics? = nil, _ graph: Graph? = nil) throws -> [String] {
        try CalibrationGuard(
            samples, path: "set", shape: Self.shape, statistics: statistics, graph: graph ?? Graph(name: "none")
        ).warnings
    }

    @Test func goodSamplesPass() throws {
        #expect(try warnings(Self.samples(40, [150, 120, 90]), Self.warm).isEmpty)
    }

    @Test func oddSamplesAreNamed() throws {
        let good = Self.samples(40, [150, 120, 90])
        #expect(try warnings(Array(good.prefix(8))).contains { $0.contains("only 8") })
        var odd = good
        odd[3].pixels = Array(repeating: 5, count: 192)
        odd[7].pixels = (0..<192).map { $0 % 5 == 0 ? 0 : 127 }
        let said = try warnings(odd)
        #expect(said.count == 2)
        #expect(said[0].contains("sample-3") && said[0].contains("single colour"))
        #expect(said[1].contains("sample-7") && said[1].contains("exposed"))
        let repeated = (0..<40).map { good[$0 % 5] }
        #expect(try warnings(repeated).contains { $0.contains("only 5 different") })
    }

    @Test func nothingToCalibrateWithIsAnError() {
        let black = (0..<40).map { Sample(name: "\($0)", pixels: Array(repeating: -128, count: 192)) }
        #expect(throws: CommandError.self) { try self.warnings(black) }
        let binary = (0..<40).map { Sample(name: "\($0)", pixels: (0..<192).map { Int8($0 % 2 - 128) }) }
        let error = #expect(throws: CommandError.self) { try self.warnings(binary) }
        #expect("\(error!)".contains("0…1"))
    }

    @Test func exchangedColoursAreNoticedByTheRecipe() throws {
        let said = try warnings(Self.samples(40, [90, 120, 150]), Self.warm)
        #expect(said.count == 1 && said[0].contains("exchanged"))
    }

    @Test func darkPicturesAreNoticedByTheRecipe() throws {
        let said = try warnings(Self.samples(40, [25, 20, 15], spread: 10), Self.warm)
        #expect(said.count == 1 && said[0].contains("mean"))
    }

    /// A convolution and the batch normalization that has seen `pictures` / `divisor`.
    private static func network(trainedOn pictures: [Sample], divisor: Float) throws -> Graph {
        var graph = Graph(name: "net")
        graph.input = graph.addValue("x", shape: [1, 8, 8, 3])
        let weights = (0..<12).map { Float([0.9, -0.2, 0.1, 0.1, 0.8, -0.5, -0.3, 0.2, 0.7, 1.0, 0.0, -1.0][$0]) }
        let w = graph.addConstant("w", FloatTensor(shape: [4, 1, 1, 3], values: weights))
        let convolved = try graph.append(.convolution(ConvolutionWindow()), [graph.input, w], name: "conv")
        graph.outputs = [convolved]
        let executor = try FloatExecutor(graph)
        let values = try pictures.flatMap { sample in
            let x = sample.tensor(shape)
            return try executor.run(FloatTensor(shape: x.shape, values: x.values.map { $0 / divisor }))[0].values
        }
        var moments: [[Float]] = [[], []]
        for channel in 0..<4 {
            let own = stride(from: channel, to: values.count, by: 4).map { values[$0] }
            let mean = own.reduce(0, +) / Float(own.count)
            moments[0].append(mean)
            moments[1].append(own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(own.count))
        }
        let constants = [[Float](repeating: 1, count: 4), [Float](repeating: 0, count: 4)] + moments
        let inputs = constants.enumerated().map { graph.addConstant("bn\($0)", FloatTensor(shape: [4], values: $1)) }
        let normal = try graph.append(.batchNormalization(epsilon: 1e-3), [convolved] + inputs, name: "first_bn")
        graph.outputs = [normal]
        return graph
    }

    @Test func theNetworksOwnMemoryNoticesExchangedColoursAndScale() throws {
        let trained = Self.samples(40, [150, 120, 90])
        let graph = try Self.network(trainedOn: trained, divisor: 1)
        #expect(try warnings(Self.samples(40, [148, 121, 93], seed: 9), nil, graph).isEmpty)
        let exchanged = try warnings(Self.samples(40, [90, 120, 150], seed: 9), nil, graph)
        #expect(exchanged.count == 1 && exchanged[0].contains("exchanged") && exchanged[0].contains("first_bn"))
        let scaled = try warnings(trained, nil, Self.network(trainedOn: trained, divisor: 255))
        #expect(scaled.count == 1 && scaled[0].contains("/ 255"))
    }
}
