import CKernels
import Testing

/// The loops of the peak count what they do, and only sets of this processor have one.
@Suite struct PeakTests {
    @Test(arguments: 0..<TK_ISA_COUNT.rawValue)
    func multiplyAddsGrowWithTheTurns(isa: UInt32) {
        let one = tk_peak_multiply_adds(tk_isa(isa), 1)
        #expect((one > 0) == (tk_kernels_for(tk_isa(isa)) != nil))
        #expect(tk_peak_multiply_adds(tk_isa(isa), 7) == 7 * one)
    }
}
