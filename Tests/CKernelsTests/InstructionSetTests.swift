import CKernels
import KernelCheck
import Testing

/// The sets that this processor runs, the scalar one apart.
let availableSets = (1..<TK_ISA_COUNT.rawValue).map { tk_isa($0) }.filter { tk_kernels_for($0) != nil }

@Suite struct InstructionSetTests {
    @Test(arguments: availableSets)
    func everyKernelEqualsScalar(isa: tk_isa) {
        let mismatches = checkKernels(isa, seed: 1, rounds: 300)
        #expect(mismatches.isEmpty, "\(String(cString: tk_isa_name(isa))): \(mismatches.prefix(5).map(\.description))")
    }
}
