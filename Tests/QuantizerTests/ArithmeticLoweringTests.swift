import FloatGraph
import ModelFile
import Testing

@testable import Quantizer

/// Arithmetic between values of different shapes and with constants, products of activations, normalization, GRU.
struct ArithmeticLoweringTests {
    private func map(_ sketch: inout Sketch) throws -> ValueID { try sketch.convolution(try sketch.normalized(), 4) }

    /// The largest deviation of `value`, as a share of its magnitude.
    private func deviation(_ sketch: inout Sketch, _ value: ValueID) throws -> Double {
        let shape = sketch.graph.shape(value)
        let flat = try sketch.node(.reshape, [value], shape: [1, shape.reduce(1, *)])
        let graph = try sketch.finished(try sketch.dense(flat, 2))
        let inputs = pictures(for: graph, 3)
        let lowered = try Lowered(graph, inputs)
        // a value that was folded into the layer behind is seen through that layer
        let seen = (try? lowered.index(of: value)) == nil ? graph.outputs[0] : value
        let found = try lowered.deviations(inputs, seen)
        return found[0].error / found[0].magnitude
    }

    @Test(arguments: [ArithmeticFunction.add, .subtract, .multiply, .minimum, .maximum])
    func constantsOfAnyShape(_ function: ArithmeticFunction) throws {
        for shape in [[9, 8, 4], [1, 9, 8, 1], [1, 1, 8, 4], [4], [8, 1], []] {
            for constantFirst in [false, true] {
                var sketch = Sketch()
                let x = try map(&sketch), c = sketch.constant(shape)
                let y = try sketch.node(.arithmetic(function), constantFirst ? [c, x] : [x, c])
                #expect(try deviation(&sketch, y) < 0.03, "\(shape), constant first: \(constantFirst)")
            }
        }
    }

    @Test(arguments: [ArithmeticFunction.add, .subtract, .multiply, .minimum, .maximum])
    func broadcasts(_ function: ArithmeticFunction) throws {
        for axes in [[1, 2], [3], [1], [2, 3], [1, 2, 3]] {
            var sketch = Sketch()
            let x = try map(&sketch)
            let y = try sketch.node(.reduce(.maximum, axes: axes, keep: true), [try map(&sketch)])
            let both = try sketch.node(.arithmetic(function), [y, x])
            #expect(try deviation(&sketch, both) < 0.04, "\(axes)")
        }
        var sketch = Sketch()
        let x = try sketch.node(.reduce(.maximum, axes: [1], keep: true), [try map(&sketch)])
        let y = try sketch.node(.reduce(.maximum, axes: [2], keep: true), [try map(&sketch)])
        #expect(try deviation(&sketch, try sketch.node(.arithmetic(function), [x, y])) < 0.04)
    }

    @Test func quotients() throws {
        var sketch = Sketch()
        let x = try map(&sketch)
        let squares = try sketch.node(.reduce(.sum, axes: [3], keep: true), [try sketch.node(.unary(.square), [x])])
        let one = sketch.graph.addConstant("one", FloatTensor(shape: [1], values: [1]))
        let norm = try sketch.node(.unary(.squareRoot), [try sketch.node(.arithmetic(.add), [squares, one])])
        #expect(try deviation(&sketch, try sketch.node(.arithmetic(.divide), [x, norm])) < 0.04)
    }

    @Test(arguments: [ReduceFunction.mean, .sum, .maximum, .minimum], [[1], [3], [1, 3], [2], [1, 2, 3]])
    func reductions(_ function: ReduceFunction, axes: [Int]) throws {
        for keep in [true, false] {
            var sketch = Sketch()
            let y = try sketch.node(.reduce(function, axes: axes, keep: keep), [try map(&sketch)])
            #expect(try deviation(&sketch, y) < 0.03)
        }
    }

    @Test(arguments: [false, true]) func productsOfActivations(transposeB: Bool) throws {
        var sketch = Sketch()
        let a = try sketch.node(.reshape, [try map(&sketch)], shape: [1, 2, 9, 16])
        let b = try sketch.node(.reshape, [try map(&sketch)], shape: transposeB ? [1, 2, 9, 16] : [1, 2, 16, 9])
        #expect(try deviation(&sketch, try sketch.node(.matmul(transposeB: transposeB), [a, b])) < 0.03)
        let c = try sketch.node(.reshape, [try map(&sketch)], shape: [1, 18, 16])
        let d = try sketch.node(.slice(starts: [0, 0, 0, 0], extents: [1, 1, 9, 16], steps: [1, 1, 1, 1]), [a])
        #expect(try deviation(&sketch, try sketch.node(.matmul(transposeB: true), [c, d])) < 0.03)
    }

    /// More products than an accumulator holds.
    @Test func longProducts() throws {
        var sketch = Sketch([1, 24, 24, 3])
        let x = try map(&sketch)
        let a = try sketch.node(.reshape, [x], shape: [1, 4, 576])
        let b = try sketch.node(.reshape, [try map(&sketch)], shape: [1, 576, 4])
        #expect(try deviation(&sketch, try sketch.node(.matmul(transposeB: false), [a, b])) < 0.03)
    }

    @Test func productsWithConstants() throws {
        var sketch = Sketch()
        let x = try sketch.node(.reshape, [try map(&sketch)], shape: [1, 18, 16])
        let right = try sketch.node(.matmul(transposeB: false), [x, sketch.constant([16, 5])])
        let left = try sketch.node(.matmul(transposeB: false), [sketch.constant([7, 18], -0.3...0.3), right])
        #expect(try deviation(&sketch, left) < 0.04)
    }

    @Test func layerNormalization() throws {
        var sketch = Sketch()
        let x = try sketch.node(.reshape, [try map(&sketch)], shape: [1, 18, 16])
        let parameters = [sketch.constant([16], 0.5...1.5), sketch.constant([16])]
        let y = try sketch.node(.layerNormalization(epsilon: 1e-5), [x] + parameters)
        #expect(try deviation(&sketch, y) < 0.02)
        let z = try sketch.node(.layerNormalization(epsilon: 10), [x] + parameters)
        #expect(try deviation(&sketch, z) < 0.02)
    }

    @Test(arguments: [false, true]) func gru(resetAfter: Bool) throws {
        var sketch = Sketch()
        let x = try sketch.node(.reshape, [try map(&sketch)], shape: [18, 16])
        let constants = [
            sketch.constant([15, 16], -0.4...0.4), sketch.constant([15, 5], -0.4...0.4), sketch.constant([2, 15]),
        ]
        let y = try sketch.node(.gru(hidden: 5, resetAfter: resetAfter), [x] + constants)
        #expect(try deviation(&sketch, y) < 0.02)
        // and backwards, as a bidirectional layer reads
        let reversed = try sketch.node(.slice(starts: [17, 0], extents: [18, 16], steps: [-1, 1]), [x])
        let z = try sketch.node(.gru(hidden: 5, resetAfter: resetAfter), [reversed] + constants)
        #expect(try deviation(&sketch, try sketch.node(.concatenate(axis: 1), [y, z])) < 0.02)
    }

    @Test func greyPictures() throws {
        var sketch = Sketch([1, 9, 8, 1])
        let x = try map(&sketch)
        let graph = try sketch.finished(x)
        #expect(throws: QuantizerError.self) { try Quantizer(graph, recipe: Recipe(describing: graph)) }
        let colour = try graph.takingColour(.rgb)
        #expect(colour.shape(colour.input) == [1, 9, 8, 3])
        #expect(Recipe(describing: colour).tasks.isEmpty)
        let inputs = pictures(for: colour, 3)
        let found = try Lowered(colour, inputs).deviations(inputs, x)
        #expect(found[0].error < 0.03 * found[0].magnitude)
    }
}
