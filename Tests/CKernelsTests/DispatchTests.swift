import CKernels
import KernelCheck
import Testing

@Suite struct DispatchTests {
    @Test func namesAreRoundTrips() {
        for raw in 0..<TK_ISA_COUNT.rawValue {
            #expect(tk_isa_named(tk_isa_name(tk_isa(raw))) == Int32(raw))
        }
        #expect(tk_isa_named("sse5") == -1)
        #expect(tk_isa_named("") == -1)
    }

    @Test func tablesCarryTheirSet() {
        for isa in [TK_SCALAR] + availableSets {
            let kernels = tk_kernels_for(isa).pointee
            #expect(kernels.isa == isa)
            #expect(String(cString: kernels.name) == String(cString: tk_isa_name(isa)))
            #expect(kernels.gemm_row_tile >= 1)
        }
    }

    @Test func setsOfOtherArchitecturesAreAbsent() {
        #if arch(x86_64)
        let foreign = [TK_NEON, TK_DOTPROD, TK_I8MM]
        #else
        let foreign = [TK_SSE41, TK_AVX2, TK_AVX512VNNI]
        #endif
        for isa in foreign + [TK_ISA_COUNT] {
            #expect(tk_kernels_for(isa) == nil)
            #expect(checkKernels(isa, seed: 1, rounds: 1).count == 1)
        }
    }

    @Test func theBestIsTheHighestAvailable() {
        #expect(tk_kernels_best().pointee.isa == (availableSets.last ?? TK_SCALAR))
    }
}
