import ModelSamples
import Testing

@testable import ModelFile

/// Damaged files: each kind of damage has its error, and no damage whatsoever is more than an error.
@Suite struct CorruptionTests {
    private func error(_ bytes: [UInt8]) -> ModelFileError? {
        do {
            _ = try Model(bytes: bytes, name: "a.tide")
            return nil
        } catch {
            return error
        }
    }

    @Test func eachDamageHasItsError() throws {
        let bytes = try everyOperatorModel()
        #expect(error([]) == .notAModel(file: "a.tide"))
        #expect(error(Array(bytes.prefix(151))) == .notAModel(file: "a.tide"))
        #expect(error(Array("TIDY".utf8) + bytes.dropFirst(4)) == .notAModel(file: "a.tide"))
        var other = bytes
        other[4] = 2
        #expect(error(other) == .unsupportedVersion(file: "a.tide", version: 2))
        let size = UInt64(bytes.count)
        #expect(error(bytes.dropLast()) == .wrongSize(file: "a.tide", expected: size, actual: bytes.count - 1))
        #expect(error(bytes + [0]) == .wrongSize(file: "a.tide", expected: size, actual: bytes.count + 1))
        // Every byte that the checksum covers counts: tried on some 500 of them.
        for offset in stride(from: 16, to: bytes.count, by: max(1, bytes.count / 500)) {
            other = bytes
            other[offset] ^= 0x10
            #expect(error(other) == .checksum(file: "a.tide"))
        }
    }

    @Test func checksumIsCRC32() {
        // The check value of the CRC catalogue for the digits 1 to 9.
        #expect(Array("123456789".utf8).withUnsafeBytes { CRC32.checksum($0) } == 0xCBF4_3926)
    }

    @Test func errorsNameTheFileAndWhatToDo() {
        let errors: [ModelFileError] = [
            .unreadable(file: "a.tide", reason: "No such file"), .notAModel(file: "a.tide"),
            .unsupportedVersion(file: "a.tide", version: 9), .wrongSize(file: "a.tide", expected: 5, actual: 4),
            .checksum(file: "a.tide"), .malformed(file: "a.tide", what: "x"), .invalid(file: "a.tide", what: "x"),
            .unwritable(file: "a.tide", reason: "no space"),
        ]
        for error in errors {
            #expect(error.description.hasPrefix("a.tide: ") && error.description.hasSuffix("."))
        }
    }

    /// Ten thousand seeded mutations, every other one with a correct checksum: an error, or a model that is whole.
    @Test(arguments: 0..<10) func mutationsAreErrorsOrModels(seed: Int) throws {
        let bytes = try everyOperatorModel(seed: UInt64(seed))
        var mutator = Mutator(bytes, seed: UInt64(seed))
        var outcomes: [String: Int] = [:]
        for index in 0..<1_000 {
            let mutated = mutator.next(repairingChecksum: index % 2 == 1)
            switch error(mutated) {
            case nil: outcomes["valid", default: 0] += 1
            case .notAModel: outcomes["notAModel", default: 0] += 1
            case .unsupportedVersion: outcomes["version", default: 0] += 1
            case .wrongSize: outcomes["size", default: 0] += 1
            case .checksum: outcomes["checksum", default: 0] += 1
            case .malformed: outcomes["malformed", default: 0] += 1
            case .invalid: outcomes["invalid", default: 0] += 1
            case .unreadable, .unwritable: Issue.record("no file was touched")
            }
        }
        // Reached: the checksum, the structure, the meaning, and models that pass.
        for outcome in ["checksum", "size", "malformed", "invalid", "valid"] {
            #expect(outcomes[outcome, default: 0] > 0, "\(outcome) in \(outcomes)")
        }
    }
}
