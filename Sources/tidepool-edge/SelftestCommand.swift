import CKernels
import KernelCheck
import Recognition
import Runtime

/// `tidepool-edge selftest`: every kernel of this machine against the scalar ones.
struct SelftestCommand {
    private let rounds: Int
    private let seed: UInt64
    private let asJSON: Bool

    init(_ arguments: [String]) throws(ProgramError) {
        let options = try OptionList(arguments, values: ["--rounds", "--seed"], flags: ["--json"])
        guard options.positional.isEmpty else { throw .usage("\(options.positional[0]): not understood; see --help") }
        rounds = try options.integer("--rounds", in: 1...10_000) ?? 10
        seed = UInt64(try options.integer("--seed", in: 0...Int.max) ?? 1)
        asJSON = options.has("--json")
    }

    func run() throws(ProgramError) {
        var lines: [String] = []
        var mismatches = 0
        for isa in InstructionSet.available {
            let found = checkKernels(tk_isa(UInt32(max(0, tk_isa_named(isa)))), seed: seed, rounds: rounds)
            mismatches += found.count
            var line = JSONText()
            line.object { line in
                line.key("isa")
                line.string(isa)
                line.key("mismatches")
                line.array { line in for mismatch in found { line.string(mismatch.description) } }
            }
            lines.append(line.text)
            guard !asJSON else { continue }
            Console.write("\(isa): \(found.isEmpty ? "equal to scalar" : "\(found.count) differences")")
            for mismatch in found { Console.error("  " + mismatch.description) }
        }
        if asJSON { Console.write("[" + lines.joined(separator: ",") + "]") }
        if mismatches > 0 { throw .failure("\(mismatches) kernels differ from the scalar ones") }
    }
}
