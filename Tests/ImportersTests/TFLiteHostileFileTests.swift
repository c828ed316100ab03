import FloatGraph
import Foundation
@testable import Importers
import Testing
import TFLiteFormat

/// Damaged .tflite files: an error or a valid graph, never a trap.
struct TFLiteHostileFileTests {
    private func expectErrorOrValidGraph(_ bytes: [UInt8]) {
        do {
            try importTFLite(bytes, path: "damaged.tflite").validated()
        } catch let error as ImportError {
            #expect("\(error)".contains("damaged.tflite"))
        } catch {
            Issue.record("an imported graph is not valid: \(error)")
        }
    }

    private func fixture(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: FixtureTests.folder.appendingPathComponent("tflite-\(name).tflite")))
    }

    @Test func everyTruncation() throws {
        var b = TFLiteBuilder(input: [1, 4, 4, 3])
        b.add(.conv2D, [0, b.counting([2, 3, 3, 3]), b.counting([2])], [1: .int32(1), 2: .int32(1)])
        b.add(.mean, [b.add(.relu), b.integers([1, 2])])
        let bytes = b.file()
        #expect(try importTFLite(bytes, path: "whole.tflite").nodes.count == 3)
        for length in 0..<bytes.count { expectErrorOrValidGraph(Array(bytes.prefix(length))) }
    }

    /// Bytes changed and 32-bit words set to neighbours and extremes, most of them in the tables.
    @Test(arguments: [("clip-float32", UInt64(1)), ("small-int8", 2), ("small-float16", 3)])
    func mutations(_ name: String, _ seed: UInt64) throws {
        let bytes = try fixture(name)
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        let extremes: [UInt32] = [0, 1, 2, 3, 4, 127, 128, 255, 65_535, 1 << 24, 0x7FFF_FFFF, 0x8000_0000, .max]
        for _ in 0..<1200 {
            var damaged = bytes
            for _ in 0...random(3) {
                let place = random(damaged.count - 4)
                if random(2) == 0 {
                    damaged[place] = UInt8(random(256))
                } else {
                    let word = extremes[random(extremes.count)]
                    for i in 0..<4 { damaged[place + i] = UInt8(truncatingIfNeeded: word >> UInt32(8 * i)) }
                }
            }
            if random(20) == 0 { damaged.removeLast(random(damaged.count)) }
            expectErrorOrValidGraph(damaged)
        }
    }

    /// Vectors that lie on each other make few bytes many elements.
    @Test func overlappingVectorsAreRefused() throws {
        let shared = [UInt8](repeating: 0, count: 4096)
        let buffer = FlatBuffer(FlatBufferWriter.write(.table([0: .bytes(shared)]), identifier: "TEST"))
        let root = try buffer.root(identifier: "TEST")
        #expect(throws: FlatBufferError.self) { for _ in 0..<100 { _ = try root.bytes(0) } }
    }

    @Test(arguments: [Float.nan, .infinity]) func weightsThatAreNoNumbersAreRefused(_ value: Float) throws {
        var b = TFLiteBuilder(input: [1, 4, 4, 3])
        b.add(.mul, [0, b.floats([3], [1, value, 1])])
        let message = #expect(throws: ImportError.self) { try b.graph() }.map { "\($0)" }
        #expect(message?.contains("finite") == true && message?.contains("\n") == false)
    }

    @Test func oneKilobyteCannotClaimGigabytes() throws {
        var b = TFLiteBuilder(input: [1, 1, 1, 3])
        b.add(.add, [0, b.add(.fill, [b.integers([1 << 14, 1 << 14, 1 << 3]), b.floats([], [1])])])
        #expect(throws: ImportError.self) { try b.graph() }
        var c = TFLiteBuilder(input: [1 << 14, 1 << 14, 1 << 10, 3])
        c.add(.relu)
        #expect(throws: ImportError.self) { try c.graph() }
    }
}
