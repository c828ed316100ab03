import Foundation
import ModelSamples
import Testing

@testable import Recognition

@Suite struct EmbeddingTests {
    /// a·b ÷ (|a| |b|) in floats.
    private func cosine(_ a: [Int32], _ b: [Int32]) -> Double {
        let product = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        let lengths = [a, b].map { sqrt($0.reduce(0.0) { $0 + Double($1) * Double($1) }) }
        return product / (lengths[0] * lengths[1])
    }

    /// Components are off by at most half a step of 2⁻¹⁶ each, their sum in the product by less than 2⁻¹⁶·√n.
    @Test(arguments: [1, 2, 3, 24, 256, 1024, 4096])
    func cosinesAreThoseOfTheFormula(dimension: Int) throws {
        var random = SampleGenerator(seed: UInt64(dimension))
        for magnitude in [1, 7, 127, 255, 32_767, 1 << 23, 1 << 29] {
            for mixed in [0, 1, 10, 100] {
                let a = (0..<dimension).map { _ in Int32(random.integer(-magnitude...magnitude)) }
                let b = a.map { Int32((Int(random.integer(-magnitude...magnitude)) + Int($0) * mixed) / (mixed + 1)) }
                guard let x = Embedding(direction: a), let y = Embedding(direction: b) else {
                    #expect(a.allSatisfy { $0 == 0 } || b.allSatisfy { $0 == 0 })
                    continue
                }
                let tolerance = 0x1p-16 * (1 + Double(dimension).squareRoot())
                #expect(abs(x.cosine(y) - cosine(a, b)) <= tolerance)
                #expect(x.cosine(y) == y.cosine(x))
                #expect(abs(x.cosine(x) - 1) <= tolerance)
            }
        }
    }

    @Test func knownAngles() throws {
        let right = try #require(Embedding(direction: [5, 0])), up = try #require(Embedding(direction: [0, 300]))
        let between = try #require(Embedding(direction: [-7, -7]))
        #expect(right.components == [65_536, 0] && between.components == [-46_341, -46_341])
        #expect(right.cosine(up) == 0 && right.cosine(right) == 1)
        #expect(right.cosine(try #require(Embedding(direction: [-1, 0]))) == -1)
        #expect(abs(right.cosine(between) + 0.5.squareRoot()) < 1e-5)
    }

    @Test func extremesHaveADirectionAndZeroHasNone() throws {
        #expect(Embedding(direction: []) == nil && Embedding(direction: [0, 0, 0]) == nil)
        let extreme = try #require(Embedding(direction: [Int32](repeating: .min, count: 65_536)))
        #expect(extreme.components.allSatisfy { $0 == -256 })
        #expect(try #require(Embedding(direction: [.max, .min])).components == [46_341, -46_341])
        #expect(try #require(Embedding(direction: [0, -1, 0])).components == [0, -65_536, 0])
    }

    /// Only the direction counts: a louder clip is the same person.
    @Test func lengthDoesNotMatter() throws {
        let vector: [Int32] = [3, -1, 4, 1, -5, 9]
        let short = try #require(Embedding(direction: vector))
        for factor in [2, 1000, 1 << 20] as [Int32] {
            #expect(Embedding(direction: vector.map { $0 * factor })?.components == short.components)
        }
    }

    @Test func squareRootsAreRoundedDown() {
        var random = SampleGenerator(seed: 1)
        var numbers: [UInt64] = [0, 1, 2, 3, 4, .max, .max - 1, 1 << 62, (1 << 62) - 1]
        for bits in 1..<64 {
            let root = UInt64(random.integer(0...(1 << min(bits / 2, 31)) - 1))
            numbers += [root * root, root * root + 1, random.next() >> UInt64(bits)]
            if root > 0 { numbers.append(root * root - 1) }
        }
        for n in numbers {
            let root = squareRoot(n)
            #expect(root.multipliedReportingOverflow(by: root).overflow == false && root * root <= n)
            let (next, overflow) = (root + 1).multipliedReportingOverflow(by: root + 1)
            #expect(overflow || next > n)
        }
    }
}
