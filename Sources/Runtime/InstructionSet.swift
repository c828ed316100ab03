import CKernels

/// The instruction sets that kernels exist for.
public enum InstructionSet {
    /// The names of those that this processor and this build have, slowest first.
    public static var available: [String] {
        var names: [String] = []
        for index in 0..<TK_ISA_COUNT.rawValue {
            guard let kernels = tk_kernels_for(tk_isa(rawValue: index)) else { continue }
            names.append(String(cString: kernels.pointee.name))
        }
        return names
    }

    /// The kernels of a set by its name; `nil`: of the best set.
    static func kernels(named name: String?) throws(RuntimeError) -> tk_kernels {
        guard let name else { return tk_kernels_best().pointee }
        let index = tk_isa_named(name)
        guard index >= 0, let kernels = tk_kernels_for(tk_isa(rawValue: UInt32(index))) else {
            throw .unavailableISA(name, available: available)
        }
        return kernels.pointee
    }
}
