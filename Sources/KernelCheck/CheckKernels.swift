import CKernels

/// Compares every kernel of an instruction set with the scalar one, bit for bit, on seeded cases: random and extreme
/// values, exact halves, odd sizes, every stride and broadcast, unaligned inputs that end where their allocation ends.
///
/// The same seed gives the same cases on every machine. A round is some cases of every kernel. A set that this
/// processor or build lacks is a mismatch of its own, so that nothing passes by being absent.
public func checkKernels(_ isa: tk_isa, seed: UInt64, rounds: Int) -> [KernelMismatch] {
    guard let kernels = tk_kernels_for(isa), let scalar = tk_kernels_for(TK_SCALAR) else {
        return [KernelMismatch(kernel: "table", parameters: "this processor or build lacks the set", index: -1)]
    }
    return checkKernels(kernels.pointee, against: scalar.pointee, seed: seed, rounds: rounds)
}

/// As above, for any table of kernels against any other.
public func checkKernels(
    _ kernels: tk_kernels, against reference: tk_kernels, seed: UInt64, rounds: Int
) -> [KernelMismatch] {
    let check = Check(kernels, against: reference, seed: seed)
    for _ in 0..<rounds {
        check.gemm()
        check.depthwise()
        check.add()
        check.multiply()
        check.rescale()
        check.prelu()
        check.reductions()
        check.tables()
        check.resize()
        check.releaseBuffers()
    }
    return check.mismatches
}

/// The two tables under comparison, the source of cases, and what was found.
final class Check {
    let kernels: tk_kernels
    let reference: tk_kernels
    var random: Random
    private(set) var mismatches: [KernelMismatch] = []
    /// Kernels see bare pointers: their memory stays alive until the round is over.
    private var buffers: [Buffer] = []

    init(_ kernels: tk_kernels, against reference: tk_kernels, seed: UInt64) {
        self.kernels = kernels
        self.reference = reference
        random = Random(seed: seed)
    }

    /// Notes the first element, guard bytes included, in which the two outputs differ.
    func compare(
        _ kernel: String, _ type: tk_type, _ expected: Output, _ actual: Output, _ parameters: @autoclosure () -> String
    ) {
        guard let byte = expected.firstDifference(from: actual) else { return }
        let index = type == TK_INT8 || byte < 0 ? byte : byte / 2
        mismatches.append(KernelMismatch(kernel: kernel, parameters: parameters(), index: index))
    }

    /// Activations at any alignment: usually of the whole range, sometimes only its ends.
    func input(_ type: tk_type, count: Int) -> Buffer {
        let buffer = self.buffer(count: count, elementSize: type.size)
        let onlyExtremes = random.chance(4)
        for i in 0..<count {
            let range = type.range
            let value = !onlyExtremes ? random.int(range) : random.chance(2) ? range.lowerBound : range.upperBound
            if type == TK_INT8 { buffer.int8[i] = Int8(value) } else { buffer.int16[i] = Int16(value) }
        }
        return buffer
    }

    /// Weights of magnitude up to `limit`, sometimes only ±limit.
    func weights(count: Int, limit: Int32) -> Buffer {
        let buffer = self.buffer(count: count, elementSize: 1)
        let onlyExtremes = random.chance(4)
        for i in 0..<count {
            buffer.int8[i] = Int8(!onlyExtremes ? random.int(-limit...limit) : random.chance(2) ? -limit : limit)
        }
        return buffer
    }

    /// Unset elements at any alignment.
    func buffer(count: Int, elementSize: Int) -> Buffer {
        keep(Buffer(byteCount: count * elementSize, alignment: elementSize, lead: random.size(0...3) * elementSize))
    }

    /// Packed weights, aligned as the kernels ask.
    func packed(byteCount: Int) -> Buffer { keep(Buffer(byteCount: byteCount, alignment: 64)) }

    private func keep(_ buffer: Buffer) -> Buffer {
        buffers.append(buffer)
        return buffer
    }

    func releaseBuffers() { buffers.removeAll() }
}
