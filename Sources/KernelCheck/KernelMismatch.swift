/// A kernel that does not equal the scalar one, and the case that shows it.
public struct KernelMismatch {
    /// The entry of the kernel table: "gemm_int8", "depthwise" …
    public let kernel: String
    /// The case: sizes, types, zero points.
    public let parameters: String
    /// The first differing element of the output; outside of it, if the kernel wrote where it must not.
    public let index: Int

    public var description: String { "\(kernel): element \(index) differs (\(parameters))" }
}
