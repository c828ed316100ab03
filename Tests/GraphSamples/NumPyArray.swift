import Foundation

/// An array of a `.npy` file, uint8 or float32, as floats: what the fixtures' script writes and no more.
public struct NumPyArray {
    public let shape: [Int]
    public let values: [Float]

    public init(_ url: URL) throws {
        let data = try Data(contentsOf: url)
        let headerLength = Int(data[8]) | Int(data[9]) << 8
        let header = String(decoding: data[10..<10 + headerLength], as: UTF8.self)
        let extents = header.components(separatedBy: "'shape': (")[1].components(separatedBy: ")")[0]
        shape = extents.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
        let body = data.dropFirst(10 + headerLength)
        let isBytes = header.contains("|u1")
        values = isBytes ? body.map(Float.init) : body.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        precondition(values.count == shape.reduce(1, *) && !header.contains("'fortran_order': True"))
    }

    /// The array's part at an index of its first axis.
    public subscript(index: Int) -> [Float] {
        let count = values.count / shape[0]
        return Array(values[index * count..<(index + 1) * count])
    }
}
