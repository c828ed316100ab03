import ModelFile

/// Executes programs as Operator.swift states them, one element at a time in 64-bit integers: no kernels, no plan, no
/// packing.
struct ReferenceInterpreter {
    let model: Model
    private(set) var values: [Int: [Int]] = [:]

    init(_ model: Model) { self.model = model }

    /// The outputs of the deciding program, and every tensor in `values`, for one picture a frame.
    mutating func run(_ pictures: [[Int8]]) -> [[Int]] {
        let description = model.description
        var features: [[Int]] = description.frame.outputs.map { _ in [] }
        for picture in pictures {
            values[description.frame.inputs[0]] = picture.map { Int($0) }
            execute(description.frame)
            for (index, output) in description.frame.outputs.enumerated() { features[index] += values[output]! }
        }
        if let clip = description.clipProgram {
            for (index, input) in clip.inputs.enumerated() { values[input] = features[index] }
            execute(clip)
        }
        return description.deciding.outputs.map { values[$0]! }
    }

    private mutating func execute(_ program: Program) {
        for operation in program.operations { values[operation.output] = result(operation) }
    }

    private func tensor(_ index: Int) -> Tensor { model.description.tensors[index] }

    /// An activation, or a constant in its place.
    private func operand(_ index: Int) -> [Int] { tensor(index).isConstant ? constant(index) : values[index]! }

    private func constant(_ index: Int) -> [Int] {
        let bytes = model.constant(index)
        switch tensor(index).type {
        case .int8: return bytes.bindMemory(to: Int8.self).map { Int($0) }
        case .int16: return bytes.bindMemory(to: Int16.self).map { Int($0) }
        case .uint16: return bytes.bindMemory(to: UInt16.self).map { Int($0) }
        case .int32: return bytes.bindMemory(to: Int32.self).map { Int($0) }
        }
    }

    private func result(_ operation: ModelFile.Operation) -> [Int] {
        let ins = operation.inputs, y = tensor(operation.output)
        let x = operand(ins[0]), xs = tensor(ins[0]), zx = Int(xs.zeroPoint), zy = Int(y.zeroPoint)
        func put(_ value: Int, _ clamp: Clamp? = nil) -> Int {
            let bounds = y.type == .int8 ? -128...127 : -32_768...32_767
            return clamp.map { min(max(value + zy, Int($0.low)), Int($0.high)) } ?? saturate(value + zy, bounds)
        }
        switch operation.kind {
        case .convolution(let window, let clamp):
            let k = tensor(ins[1]).shape, w = constant(ins[1]), bias = constant(ins[2])
            let m = constant(ins[3]), s = constant(ins[4])
            return positions(y.shape).flatMap { oy, ox in
                (0..<k[0]).map { n in
                    var a = bias[n]
                    for ky in 0..<k[1] {
                        for kx in 0..<k[2] {
                            guard let pixel = pixel(xs.shape, window, oy, ox, ky, kx) else { continue }
                            for c in 0..<k[3] {
                                a += (x[pixel * k[3] + c] - zx) * w[((n * k[1] + ky) * k[2] + kx) * k[3] + c]
                            }
                        }
                    }
                    return put(requantize(a, m[n], s[n]), clamp)
                }
            }
        case .depthwise(let window, let clamp):
            let k = tensor(ins[1]).shape, w = constant(ins[1]), bias = constant(ins[2])
            let m = constant(ins[3]), s = constant(ins[4])
            return positions(y.shape).flatMap { oy, ox in
                (0..<k[2]).map { c in
                    var a = bias[c]
                    for ky in 0..<k[0] {
                        for kx in 0..<k[1] {
                            guard let pixel = pixel(xs.shape, window, oy, ox, ky, kx) else { continue }
                            a += (x[pixel * k[2] + c] - zx) * w[(ky * k[1] + kx) * k[2] + c]
                        }
                    }
                    return put(requantize(a, m[c], s[c]), clamp)
                }
            }
        case .dense(let clamp):
            return product(x, zx, constant(ins[1]), constant(ins[2]), constant(ins[3]), constant(ins[4]))
                .map { put($0, clamp) }
        case .add(let mx, let my, let m, let s, let clamp):
            let other = operand(ins[1]), zo = Int(tensor(ins[1]).zeroPoint)
            return zip(x, other).map { x, y in
                put(requantize((x - zx) * Int(mx) + (y - zo) * Int(my), Int(m), Int(s)), clamp)
            }
        case .multiply(let scale, let clamp):
            let other = operand(ins[1]), os = tensor(ins[1]), channels = xs.shape.last!
            return x.indices.map { i in
                let factor = os.shape == xs.shape ? i : os.shape == [channels] ? i % channels : i / channels
                return put(rescale((x[i] - zx) * (other[factor] - Int(os.zeroPoint)), scale), clamp)
            }
        case .concatenate(let scales):
            return (0..<y.count / y.shape.last!).flatMap { row in
                zip(ins, scales).flatMap { input, scale in
                    let source = tensor(input), channels = source.shape.last!
                    return operand(input)[row * channels..<(row + 1) * channels].map { q in
                        scale.map { put(rescale(q - Int(source.zeroPoint), $0)) } ?? q
                    }
                }
            }
        case .mean(let outer, let count, let inner, let scale):
            return columns(x, outer, count, inner).map { column in
                put(rescale(column.reduce(0) { $0 + $1 - zx }, scale))
            }
        case .maximum(let outer, let count, let inner): return columns(x, outer, count, inner).map { $0.max()! }
        case .rescale(let scale): return x.map { put(rescale($0 - zx, scale)) }
        case .table:
            let table = constant(ins[1])
            if xs.type == .int8 { return x.map { table[$0 + 128] } }
            if y.type == .int16 { return x.map { lookup(table, $0) } }
            return x.map { saturate((interpolate(table, $0) + 1 << 14) >> 15, -128...127) }
        case .prelu(let scale):
            let m = constant(ins[1]), s = constant(ins[2])
            return x.indices.map { i in
                let a = x[i] - zx, c = i % m.count
                return put(a >= 0 ? rescale(a, scale) : requantize(a << Int(scale.left), m[c], s[c]))
            }
        case .softmax:
            let high = constant(ins[1]), low = constant(ins[2]), channels = xs.shape.last!
            return stride(from: 0, to: x.count, by: channels).flatMap {
                softmax(Array(x[$0..<$0 + channels]), high, low)
            }
        case .lstm(let cellBits): return lstm(x, zx, y, ins, Int(cellBits))
        case .attention(let sm, let ss, let om, let os):
            let query = values[ins[1]]!, key = values[ins[2]]!, w = constant(ins[3]), bias = constant(ins[4])[0]
            let sigmoid = constant(ins[5]), tanh = constant(ins[6]), units = w.count
            let steps = xs.shape[0], channels = xs.shape[1]
            return (0..<steps).flatMap { t -> [Int] in
                let scores = (0..<steps).map { u -> Int in
                    let sum = (0..<units).reduce(bias) { sum, i in
                        sum + w[i] * lookup(tanh, saturate16(query[t * units + i] + key[u * units + i]))
                    }
                    return lookup(sigmoid, saturate16(requantize(sum, Int(sm), Int(ss))))
                }
                let a = softmax(scores, constant(ins[7]), constant(ins[8]))
                return (0..<channels).map { c in
                    let sum = (0..<steps).reduce(0) { $0 + a[$1] * (x[$1 * channels + c] - zx) }
                    return put(requantize(sum, Int(om), Int(os)))
                }
            }
        case .reshape: return x
        case .gather(let fill):
            let tables = ins.dropFirst().map(constant)
            return (0..<y.count).map { position in
                var rest = position, offset = 0
                for table in tables.reversed() {
                    let step = table[rest % table.count]
                    offset = step < 0 || offset < 0 ? -1 : offset + step
                    rest /= table.count
                }
                return offset < 0 ? Int(fill) : x[offset]
            }
        case .maximumPool(let window, let kernelY, let kernelX):
            let channels = xs.shape[2]
            return positions(y.shape).flatMap { oy, ox in
                let pixels = (0..<Int(kernelY)).flatMap { ky in
                    (0..<Int(kernelX)).compactMap { kx in pixel(xs.shape, window, oy, ox, ky, kx) }
                }
                return (0..<channels).map { c in pixels.map { x[$0 * channels + c] }.max()! }
            }
        case .interpolate(let outer, let count, let inner, let m, let s):
            let lower = constant(ins[1]), upper = constant(ins[2]), fraction = constant(ins[3])
            return (0..<Int(outer)).flatMap { o in
                lower.indices.flatMap { i in
                    (0..<Int(inner)).map { c in
                        let low = x[(o * Int(count) + lower[i]) * Int(inner) + c] - zx
                        let high = x[(o * Int(count) + upper[i]) * Int(inner) + c] - zx
                        return put(requantize(low * (16_384 - fraction[i]) + high * fraction[i], Int(m), Int(s)))
                    }
                }
            }
        case .matmul(let transposed, let m, let s, let clamp):
            let other = values[ins[1]]!, n = y.shape.last!, k = xs.shape.last!, rows = y.shape[y.shape.count - 2]
            return (0..<y.count).map { position in
                let batch = position / n / rows, row = position / n, column = position % n
                let a = (0..<k).reduce(0) { sum, i in
                    let w = other[batch * n * k + (transposed ? i * n + column : column * k + i)]
                    return sum + (x[row * k + i] - zx) * max(w, -127)
                }
                return put(requantize(a, Int(m), Int(s)), clamp)
            }
        case .normalize(let centres, let epsilon, let m, let s):
            let channels = xs.shape.last!
            return stride(from: 0, to: x.count, by: channels).flatMap { first in
                normalized(x[first..<first + channels].map { $0 - zx }, centres: centres, epsilon: Int(epsilon)).map {
                    put(requantize($0, Int(m), Int(s)))
                }
            }
        case .gru(let resetAfter): return gru(x, zx, y, ins, resetAfter)
        }
    }

    /// d / √V in units of 2⁻²⁹, the square root by Newton's method.
    private func normalized(_ x: [Int], centres: Bool, epsilon: Int) -> [Int] {
        let sum = centres ? x.reduce(0, +) : 0
        let d = x.map { $0 * x.count - sum }
        let v = d.reduce(epsilon) { $0 + $1 * $1 }
        guard v > 0 else { return d.map { _ in 0 } }
        var j = 0
        while v << j < 1 << 60 { j += 2 }
        var root = Int(Double(v << j).squareRoot())
        while root * root > v << j { root -= 1 }
        while (root + 1) * (root + 1) <= v << j { root += 1 }
        let inverse = (1 << 61) / root
        return d.map { ($0 * (1 << (j / 2)) * inverse + 1 << 31) >> 32 }
    }

    private func gru(_ x: [Int], _ zx: Int, _ y: Tensor, _ ins: [Int], _ resetAfter: Bool) -> [Int] {
        let units = y.shape[1], sigmoid = constant(ins[9]), tanh = constant(ins[10])
        let inputs = product(x, zx, constant(ins[1]), constant(ins[3]), constant(ins[4]), constant(ins[5]))
            .map(saturate16)
        func recurrent(_ h: [Int]) -> [Int] {
            product(h, 0, constant(ins[2]), constant(ins[6]), constant(ins[7]), constant(ins[8])).map(saturate16)
        }
        var hidden = [Int](repeating: 0, count: units), all: [Int] = []
        for step in 0..<y.shape[0] {
            let a = inputs[step * 3 * units..<(step + 1) * 3 * units].map { $0 }, before = recurrent(hidden)
            let reset = (0..<units).map { lookup(sigmoid, saturate16(a[units + $0] + before[units + $0])) }
            let late = recurrent((0..<units).map { (reset[$0] * hidden[$0] + 1 << 14) >> 15 })
            hidden = (0..<units).map { u in
                let z = lookup(sigmoid, saturate16(a[u] + before[u]))
                let g = resetAfter ? (reset[u] * before[2 * units + u] + 1 << 14) >> 15 : late[2 * units + u]
                let n = lookup(tanh, saturate16(a[2 * units + u] + saturate16(g)))
                return saturate16((z * hidden[u] + (32_768 - z) * n + 1 << 14) >> 15)
            }
            all += hidden
        }
        return all
    }

    private func lstm(_ x: [Int], _ zx: Int, _ y: Tensor, _ ins: [Int], _ p: Int) -> [Int] {
        let units = y.shape[1], sigmoid = constant(ins[8]), tanh = constant(ins[9])
        let inputs = product(x, zx, constant(ins[1]), constant(ins[3]), constant(ins[4]), constant(ins[5]))
        let zeros = [Int](repeating: 0, count: 4 * units)
        var hidden = [Int](repeating: 0, count: units), cell = hidden, all: [Int] = []
        for step in 0..<y.shape[0] {
            let recurrent = product(hidden, 0, constant(ins[2]), zeros, constant(ins[6]), constant(ins[7]))
            let gate = (0..<4 * units).map { n in
                saturate16(saturate16(inputs[step * 4 * units + n]) + saturate16(recurrent[n]))
            }
            for u in 0..<units {
                let i = lookup(sigmoid, gate[u]), f = lookup(sigmoid, gate[units + u])
                let j = lookup(tanh, gate[2 * units + u]), o = lookup(sigmoid, gate[3 * units + u])
                cell[u] = saturate16((f * cell[u] << (15 - p) + i * j + 1 << (29 - p)) >> (30 - p))
                let c = p <= 12 ? saturate16(cell[u] << (12 - p)) : (cell[u] + 1 << (p - 13)) >> (p - 12)
                let h = o * lookup(tanh, c)
                hidden[u] = y.type == .int8
                    ? saturate((h + 1 << 22) >> 23, -128...127) : saturate16((h + 1 << 14) >> 15)
            }
            all += hidden
        }
        return all
    }

    /// Rows of x times rows of w, requantized, before any zero point or clamp.
    private func product(_ x: [Int], _ zx: Int, _ w: [Int], _ bias: [Int], _ m: [Int], _ s: [Int]) -> [Int] {
        let k = w.count / bias.count
        return (0..<x.count / k).flatMap { row in
            bias.indices.map { n in
                requantize((0..<k).reduce(bias[n]) { $0 + (x[row * k + $1] - zx) * w[n * k + $1] }, m[n], s[n])
            }
        }
    }

    private func positions(_ shape: [Int]) -> [(Int, Int)] {
        (0..<shape[0]).flatMap { y in (0..<shape[1]).map { x in (y, x) } }
    }

    /// The index of the pixel under a tap of the window; `nil` in the padding.
    private func pixel(_ shape: [Int], _ window: Window, _ oy: Int, _ ox: Int, _ ky: Int, _ kx: Int) -> Int? {
        let y = oy * Int(window.strideY) - Int(window.padTop) + ky * Int(window.dilationY)
        let x = ox * Int(window.strideX) - Int(window.padLeft) + kx * Int(window.dilationX)
        return (0..<shape[0]).contains(y) && (0..<shape[1]).contains(x) ? y * shape[1] + x : nil
    }

    private func columns(_ x: [Int], _ outer: Int32, _ count: Int32, _ inner: Int32) -> [[Int]] {
        let (outer, count, inner) = (Int(outer), Int(count), Int(inner))
        return (0..<outer).flatMap { o in
            (0..<inner).map { i in (0..<count).map { x[(o * count + $0) * inner + i] } }
        }
    }
}

private func requantize(_ a: Int, _ multiplier: Int, _ shift: Int) -> Int {
    (a * multiplier + 1 << (30 + shift)) >> (31 + shift)
}

private func rescale(_ a: Int, _ scale: Rescale) -> Int {
    requantize(a << Int(scale.left), Int(scale.multiplier), Int(scale.shift))
}

private func saturate(_ value: Int, _ bounds: ClosedRange<Int>) -> Int {
    min(max(value, bounds.lowerBound), bounds.upperBound)
}

private func saturate16(_ value: Int) -> Int { saturate(value, -32_768...32_767) }

private func interpolate(_ table: [Int], _ q: Int) -> Int {
    let u = q + 32_768, i = u / 128, f = u % 128
    return table[i] * (128 - f) + table[i + 1] * f
}

private func lookup(_ table: [Int], _ q: Int) -> Int { (interpolate(table, q) + 64) >> 7 }

private func softmax(_ x: [Int], _ high: [Int], _ low: [Int]) -> [Int] {
    let e = x.map { q in (high[(x.max()! - q) / 256] * low[(x.max()! - q) % 256] + 1 << 29) >> 30 }
    let sum = e.reduce(0, +)
    return e.map { min(65_535, ($0 * 65_536 + sum / 2) / sum) }
}
