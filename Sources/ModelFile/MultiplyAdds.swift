extension ModelDescription {
    /// Multiply-adds of one execution: of the convolutions, matrix products and recurrences, where the time goes.
    public func multiplyAdds(of operation: Operation) -> Int {
        let output = tensors[operation.output]
        func shape(_ operand: Int) -> [Int] { tensors[operation.inputs[operand]].shape }
        switch operation.kind {
        case .convolution: return output.count * shape(1)[1...].reduce(1, *)
        case .depthwise: return output.count * shape(1)[..<2].reduce(1, *)
        case .dense: return output.count * shape(1)[1]
        case .lstm: return shape(0)[0] * shape(1)[0] * (shape(1)[1] + shape(2)[1])
        case .gru: return shape(0)[0] * shape(1)[0] * (shape(1)[1] + shape(2)[1])
        case .matmul: return output.count * shape(0).last!
        case .attention: return shape(0)[0] * shape(0)[0] * (shape(0)[1] + shape(1)[1])
        default: return 0
        }
    }
}
