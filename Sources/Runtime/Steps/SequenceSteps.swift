import CKernels
import ModelFile

extension ProgramBuilder {
    func softmax() {
        let x = operand(0), output = output
        let (xs, memory) = (tensor(x), memory)
        let channels = xs.shape.last!
        let high = constant(1, Int32.self), low = constant(2, Int32.self)
        let exponentials = scratch(byteCount: 4 * channels)
        append(
            KernelStep(partCount: 1) { _ in
                SoftmaxRows(
                    type: xs.type.kernelType, rows: xs.count / channels, count: channels, x: memory[x], high: high,
                    low: low, exponentials: memory[exponentials], output: memory[output])
            } kernel: {
                $0.pointee.run()
            })
    }

    /// The recurrent side goes step by step.
    func lstm(cellBits: Int32) {
        let x = operand(0), output = output
        let xs = tensor(x), hidden = tensor(output)
        let steps = xs.shape[0], units = hidden.shape[1], gates = 4 * units
        let gateOutput = tk_output(type: TK_INT16, zero_point: 0, low: -32_768, high: 32_767)
        let input = projection(gates: gates, gateOutput)

        let recurrence = MatrixProduct(
            m: 1, n: gates, k: units, input: hidden, weights: constant(2, Int8.self), bias: nil,
            multiplier: constant(6, Int32.self), shift: constant(7, Int32.self))
        let packed = pack(recurrence, channels: 0..<gates)
        let recurrent = scratch(byteCount: 2 * gates), cell = scratch(byteCount: 2 * units)
        let (memory, weights, gemm) = (memory, weights, gemm(hidden.type))
        let sigmoid = constant(8, Int16.self), tanh = constant(9, Int16.self), lookUp = kernels.table_int16
        append(
            KernelStep(partCount: 1) { _ in
                Recurrence(
                    steps: steps, hiddenSize: hidden.type.size,
                    product: tk_gemm(
                        m: 1, n: Int32(gates), k: Int32(units), a: memory[output], a_stride: units,
                        packed: weights[packed], c: memory[recurrent], c_stride: gates, output: gateOutput),
                    step: tk_lstm_step(
                        hidden_size: units, cell_bits: cellBits,
                        input: input(memory).assumingMemoryBound(to: Int16.self),
                        recurrent: memory[recurrent].assumingMemoryBound(to: Int16.self), sigmoid: sigmoid, tanh: tanh,
                        look_up: lookUp, cell: memory[cell].assumingMemoryBound(to: Int16.self),
                        hidden_type: hidden.type.kernelType, hidden: memory[output]))
            } kernel: {
                $0.pointee.run(gemm)
            })
    }

    /// As `lstm`; without `resetAfter` the third gate's product waits for the reset gate.
    func gru(resetAfter: Bool) {
        let x = operand(0), output = output
        let xs = tensor(x), hidden = tensor(output)
        let steps = xs.shape[0], units = hidden.shape[1], gates = 3 * units
        let gateOutput = tk_output(type: TK_INT16, zero_point: 0, low: -32_768, high: 32_767)
        let input = projection(gates: gates, gateOutput)

        let recurrence = MatrixProduct(
            m: 1, n: gates, k: units, input: hidden, weights: constant(2, Int8.self), bias: constant(6, Int32.self),
            multiplier: constant(7, Int32.self), shift: constant(8, Int32.self))
        let early = pack(recurrence, channels: 0..<(resetAfter ? gates : 2 * units))
        let late = resetAfter ? early : pack(recurrence, channels: 2 * units..<gates)
        let recurrent = scratch(byteCount: 2 * gates), state = scratch(byteCount: 4 * units)
        let (memory, weights, gemm) = (memory, weights, gemm(.int16))
        let sigmoid = constant(9, Int16.self), tanh = constant(10, Int16.self)
        append(
            KernelStep(partCount: 1) { _ in
                let start = memory[state].assumingMemoryBound(to: Int16.self)
                let products = memory[recurrent].assumingMemoryBound(to: Int16.self)
                func product(_ packed: Int, _ channels: Int, from a: UnsafePointer<Int16>, to first: Int) -> tk_gemm {
                    tk_gemm(
                        m: 1, n: Int32(channels), k: Int32(units), a: a, a_stride: units, packed: weights[packed],
                        c: products + first, c_stride: channels, output: gateOutput)
                }
                return GatedRecurrence(
                    steps: steps, early: product(early, resetAfter ? gates : 2 * units, from: start, to: 0),
                    late: product(late, units, from: start + units, to: 2 * units),
                    step: tk_gru_step(
                        hidden_size: units, reset_after: resetAfter ? 1 : 0,
                        input: input(memory).assumingMemoryBound(to: Int16.self), recurrent: products,
                        sigmoid: sigmoid, tanh: tanh, previous: start, reset: start + units,
                        hidden: memory[output].assumingMemoryBound(to: Int16.self)))
            } kernel: {
                $0.pointee.run(gemm)
            })
    }

    func attention(score: (multiplier: Int32, shift: Int32), output scale: (multiplier: Int32, shift: Int32)) {
        let x = operand(0), query = operand(1), key = operand(2), output = output
        let (xs, ys, units, memory) = (tensor(x), tensor(output), tensor(query).shape[1], memory)
        let steps = xs.shape[0]
        let weights = constant(3, Int8.self), bias = constant(4, Int32.self).pointee
        let sigmoid = constant(5, Int16.self), tanh = constant(6, Int16.self), lookUp = kernels.table_int16
        let high = constant(7, Int32.self), low = constant(8, Int32.self)
        let exponentials = scratch(byteCount: 4 * steps)
        let weightings = scratch(byteCount: 2 * steps), scores = scratch(byteCount: 2 * steps)
        let activations = scratch(byteCount: 2 * steps * units)
        append(
            KernelStep(partCount: 1) { _ in
                tk_attention(
                    steps: steps, channels: xs.shape[1], units: units, x_type: xs.type.kernelType, x: memory[x],
                    x_zero_point: xs.zeroPoint, query: memory[query].assumingMemoryBound(to: Int16.self),
                    key: memory[key].assumingMemoryBound(to: Int16.self), weights: weights, bias: bias,
                    sigmoid: sigmoid, tanh: tanh, look_up: lookUp, high: high, low: low,
                    score_multiplier: score.multiplier, score_shift: score.shift, output_multiplier: scale.multiplier,
                    output_shift: scale.shift,
                    e: memory[exponentials].assumingMemoryBound(to: UInt32.self),
                    weightings: memory[weightings].assumingMemoryBound(to: UInt16.self),
                    scores: memory[scores].assumingMemoryBound(to: Int16.self),
                    activations: memory[activations].assumingMemoryBound(to: Int16.self), out: memory[output],
                    output: tk_output(ys))
            } kernel: {
                tk_attention_run($0)
            })
    }
}

private struct SoftmaxRows {
    let type: tk_type
    let rows, count: Int
    let x: UnsafeMutableRawPointer
    let high, low: UnsafePointer<Int32>
    let exponentials, output: UnsafeMutableRawPointer

    func run() {
        tk_softmax(
            type, x, rows, count, high, low, exponentials.assumingMemoryBound(to: UInt32.self),
            output.assumingMemoryBound(to: UInt16.self))
    }
}

/// The steps of an LSTM after the projection of its inputs.
private struct Recurrence {
    let steps: Int
    /// Bytes of one hidden value.
    let hiddenSize: Int
    /// Wh·h of the first step's hidden state.
    let product: tk_gemm
    /// The first step.
    let step: tk_lstm_step

    func run(_ gemm: @convention(c) (UnsafePointer<tk_gemm>?) -> Void) {
        let units = step.hidden_size
        // h and c start at 0, and requantizing 0 gives 0.
        UnsafeMutableRawPointer(step.cell).initializeMemory(as: UInt8.self, repeating: 0, count: 2 * units)
        product.c.initializeMemory(as: UInt8.self, repeating: 0, count: 8 * units)
        var product = product, step = step
        for index in 0..<steps {
            tk_lstm(&step)
            guard index + 1 < steps else { return }
            product.a = UnsafeRawPointer(step.hidden)
            gemm(&product)
            step.input += 4 * units
            step.hidden += units * hiddenSize
        }
    }
}

/// The steps of a GRU after the projection of its inputs.
private struct GatedRecurrence {
    let steps: Int
    /// Wh·h + b of the gates that read the hidden state as it is.
    let early: tk_gemm
    /// Wh·(r·h) + b of the candidate, where the reset comes before.
    let late: tk_gemm
    /// The first step.
    let step: tk_gru_step

    func run(_ gemm: @convention(c) (UnsafePointer<tk_gemm>?) -> Void) {
        let units = step.hidden_size
        UnsafeMutablePointer(mutating: step.previous!).update(repeating: 0, count: units)
        var early = early, late = late, step = step
        for _ in 0..<steps {
            early.a = UnsafeRawPointer(step.previous)
            gemm(&early)
            if step.reset_after == 0 {
                tk_gru_reset(&step)
                gemm(&late)
            }
            tk_gru(&step)
            step.previous = UnsafePointer(step.hidden)
            step.input += 3 * units
            step.hidden += units
        }
    }
}
