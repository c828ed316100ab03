import FloatGraph
import Foundation
@testable import Importers
import Testing

/// Damaged files: an error or a valid graph, never a trap.
struct HostileFileTests {
    /// A small model with views, folding, a sequence and every kind of attribute.
    static func model() throws -> Data {
        var b = ModelBuilder(input: [2, 3, 4, 4])
        b.constant("w", counting([4, 3, 3, 3]))
        b.constant("d", counting([4, 1, 2, 2]))
        b.constant("low", FloatTensor(shape: [], values: [0]))
        b.constant("one", [1])
        b.constant("W", counting([1, 8, 4]))
        b.constant("R", counting([1, 8, 2]))
        b.constant("B", counting([1, 16]))
        b.constant("m", counting([2, 3]))
        b.node("Conv", ["image", "w"], ["a"], ["pads": .ints([1, 1, 0, 0]), "strides": .ints([1, 1])])
        b.node("Clip", ["a", "low"], ["b"])
        b.node("Conv", ["b", "d"], ["c"], ["group": .int(4), "auto_pad": .string("SAME_UPPER")])
        b.node("Sigmoid", ["c"], ["s"])
        b.node("Mul", ["c", "s"], ["e"])
        b.node("ReduceMean", ["e"], ["f"], ["axes": .ints([2, 3]), "keepdims": .int(0)])
        b.node("Shape", ["f"], ["shape"])
        b.node("Constant", [], ["k"], ["value": .tensor(FloatTensor(shape: [1], values: [2]))])
        b.node("Mul", ["f", "k"], ["g"])
        b.node("Unsqueeze", ["g", "one"], ["h"])
        b.node("LSTM", ["h", "W", "R", "B"], ["Y"], ["hidden_size": .int(2)])
        b.node("Squeeze", ["Y", "one"], ["i"])
        b.node("Squeeze", ["i", "one"], ["j"])
        b.node("MatMul", ["j", "m"], ["l"])
        b.node("Slice", ["l", "one", "one2", "one"], ["n"])
        b.constant("one2", [3])
        b.node("Softmax", ["n"], ["y"], ["axis": .int(1)])
        return try b.model.serializedData()
    }

    private func expectErrorOrValidGraph(_ data: Data) {
        do {
            try importONNX(data, path: "damaged.onnx").validated()
        } catch let error as ImportError {
            #expect("\(error)".contains("damaged.onnx"))
        } catch {
            Issue.record("an imported graph is not valid: \(error)")
        }
    }

    @Test func everyTruncation() throws {
        let data = try Self.model()
        let graph = try importONNX(data, path: "whole.onnx")
        #expect(graph.nodes.map(\.kind.label).contains("lstm"))
        for length in 0..<data.count { expectErrorOrValidGraph(data.prefix(length)) }
    }

    /// 4 GB of weights, of zeros that a node makes, and of a picture: refused before anything is allocated.
    @Test func oneKilobyteCannotClaimGigabytes() throws {
        var claims = ModelBuilder()
        claims.constant("w", counting([1, 3, 1, 1]))
        claims.model.graph.initializer[0].dims = [1 << 14, 3, 1 << 8, 1 << 8]
        claims.node("Conv", ["image", "w"], ["y"])
        var makes = ModelBuilder()
        makes.constant("shape", [1 << 15, 1 << 15])
        makes.node("ConstantOfShape", ["shape"], ["zeros"])
        makes.node("Mul", ["image", "zeros"], ["y"])
        var shows = ModelBuilder(input: [1 << 10, 3, 1 << 10, 1 << 10])
        shows.node("Relu", ["image"], ["y"])
        for builder in [claims, makes, shows] {
            let message = builder.failure()
            #expect(message.hasPrefix("model.onnx: ") && !message.contains("\n"), "\(message)")
        }
    }

    @Test func flippedBytes() throws {
        let data = try Self.model()
        var state: UInt64 = 42
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<4000 {
            var damaged = data
            for _ in 0...random(3) { damaged[random(data.count)] = UInt8(random(256)) }
            expectErrorOrValidGraph(damaged)
        }
    }

    @Test(arguments: ["clip", "face", "swish"])
    func damagedNetworks(_ name: String) throws {
        let data = try Data(contentsOf: FixtureTests.folder.appendingPathComponent(name + ".onnx"))
        for part in 1..<40 { expectErrorOrValidGraph(data.prefix(data.count * part / 40)) }
        for offset in stride(from: 0, to: data.count, by: data.count / 60) {
            var damaged = data
            damaged[offset] ^= 0x7F
            expectErrorOrValidGraph(damaged)
        }
    }
}
