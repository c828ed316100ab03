import Foundation

/// An array in NumPy's `.npy` format, versions 1 to 3: C order, little-endian.
struct NumpyArray {
    enum Element: String {
        case uint8 = "|u1"
        case int8 = "|i1"
        case int16 = "<i2"
        case uint16 = "<u2"
        case int32 = "<i4"
        case float32 = "<f4"

        var size: Int {
            switch self {
            case .uint8, .int8: 1
            case .int16, .uint16: 2
            case .int32, .float32: 4
            }
        }
    }

    var element: Element
    var shape: [Int]
    /// The elements, as they are in the file.
    var data: Data

    /// Reads a file.
    ///
    /// - Throws: `CommandError` when it is not an array, of another element type, or shorter than its shape says.
    init(path: String) throws {
        do {
            try self.init(Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe), path: path)
        } catch let error as CommandError { throw error } catch {
            throw CommandError("\(path): cannot be read: \(error.localizedDescription)")
        }
    }

    /// The array in a `.npy` file's bytes; `path` names them in messages.
    init(_ file: Data, path: String) throws {
        func broken(_ why: String) -> CommandError { CommandError("\(path): not a usable .npy file: \(why)") }
        guard file.count >= 12, file.prefix(6) == Data([0x93] + Array("NUMPY".utf8)) else {
            throw broken("it does not begin with NumPy's signature")
        }
        let isLong = file[6] >= 2
        let start = isLong ? 12 : 10
        let length = (0..<(isLong ? 4 : 2)).reduce(0) { $0 | Int(file[8 + $1]) << (8 * $1) }
        guard length <= file.count - start else { throw broken("its header is cut off") }
        let header = String(decoding: file[start..<start + length], as: UTF8.self)
        guard let descr = Self.field("descr", in: header)?.trimmingCharacters(in: CharacterSet(charactersIn: "'\"")),
            let order = Self.field("fortran_order", in: header), let shapeText = Self.field("shape", in: header)
        else { throw broken("its header lacks descr, fortran_order or shape") }
        guard let element = Element(rawValue: descr) else {
            throw broken("elements of type \(descr); save uint8 or float32 (array.astype(numpy.uint8))")
        }
        guard order == "False" else { throw broken("it is in Fortran order; save numpy.ascontiguousarray(array)") }
        var shape: [Int] = []
        var bytes = element.size
        for part in shapeText.trimmingCharacters(in: CharacterSet(charactersIn: "()")).split(separator: ",") {
            let text = part.trimmingCharacters(in: .whitespaces)
            if text.isEmpty { continue }
            guard let extent = Int(text), extent >= 0 else { throw broken("the shape \(shapeText)") }
            let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
            guard !overflow else { throw broken("the shape \(shapeText) is too large") }
            shape.append(extent)
            bytes = product
        }
        guard file.count - start - length >= bytes else {
            throw broken("\(file.count - start - length) bytes of data, the shape \(shapeText) needs \(bytes)")
        }
        self.element = element
        self.shape = shape
        data = file.subdata(in: start + length..<start + length + bytes)
    }

    init<Value>(_ element: Element, shape: [Int], _ values: [Value]) {
        self.element = element
        self.shape = shape
        data = values.withUnsafeBytes { Data($0) }
    }

    /// The file's bytes.
    var encoded: Data {
        let extents = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var header = "{'descr': '\(element.rawValue)', 'fortran_order': False, 'shape': (\(extents)), }"
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        var file = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
        file.append(contentsOf: [UInt8(header.utf8.count & 255), UInt8(header.utf8.count >> 8)])
        file.append(contentsOf: Array(header.utf8))
        return file + data
    }

    /// A value of the header's dictionary, as written.
    private static func field(_ name: String, in header: String) -> String? {
        guard let key = header.range(of: "'\(name)':") else { return nil }
        let rest = header[key.upperBound...].drop { $0 == " " }
        if rest.first == "(" { return rest.firstIndex(of: ")").map { String(rest[...$0]) } }
        return String(rest.prefix { $0 != "," && $0 != "}" }).trimmingCharacters(in: .whitespaces)
    }
}
