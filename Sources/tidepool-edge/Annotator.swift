import CJPEG
import CPlatform
import Camera
import PoolScene
import Recognition

/// Keeps the last decided frame and writes it as a JPEG with boxes and labels.
final class Annotator {
    private struct Mark {
        var box: Box
        var lines: [String]
        var isAlarm: Bool
    }

    private let path: String
    private let decoder: PictureDecoder?
    private var pixels: [UInt8] = []
    private var width = 0
    private var height = 0
    private var marks: [Mark] = []

    init(path: String) {
        self.path = path
        decoder = try? PictureDecoder()
    }

    /// Keeps a copy of the frame; pictures that cannot be decoded were reported before.
    func remember(_ frame: Frame, _ decision: FrameDecision) {
        guard let picture = try? decoder?.decode(frame) else { return }
        width = picture.width
        height = picture.height
        if pixels.count != width * height * 3 { pixels = [UInt8](repeating: 0, count: width * height * 3) }
        pixels.withUnsafeMutableBufferPointer { out in
            for y in 0..<picture.height { picture.copyRow(y, into: out.baseAddress! + y * width * 3) }
        }
        marks = decision.tracks.map { track in
            var isAlarm = false
            for result in track.results {
                if case .label("drowning", _) = result.answer { isAlarm = true }
            }
            let lines = track.results.map { words($0) } + (track.match.map { [$0.words] } ?? [])
            return Mark(box: track.box, lines: lines, isAlarm: isAlarm)
        }
    }

    /// Draws the marks and writes the file, whole or not at all. Without a decision there is no picture.
    func write() throws(ProgramError) {
        guard !pixels.isEmpty else {
            throw .failure("\(path): nothing was decided, so there is no picture to annotate")
        }
        for mark in marks { draw(mark) }
        var coded: UnsafeMutablePointer<UInt8>?
        var count = 0
        var error = pixels.withUnsafeBufferPointer {
            tp_jpeg_encode($0.baseAddress!, Int32(width), Int32(height), width * 3, 92, &coded, &count)
        }
        defer { tp_jpeg_free(coded) }
        guard error == 0 else { throw .failure("\(path): encoding the picture failed (\(error))") }
        error = tp_write_file_atomic(path, coded, count)
        guard error == 0 else { throw .failure("\(path): cannot be written: \(String(cString: tp_error_text(error)))") }
    }

    private func draw(_ mark: Mark) {
        let colour: (UInt8, UInt8, UInt8) = mark.isAlarm ? (255, 64, 48) : (255, 232, 64)
        let x0 = Int(mark.box.x0 * Float(width))
        let x1 = Int(mark.box.x1 * Float(width))
        let y0 = Int(mark.box.y0 * Float(height))
        let y1 = Int(mark.box.y1 * Float(height))
        for thickness in 0..<2 {
            for x in x0...max(x0, x1) {
                set(x, y0 + thickness, colour)
                set(x, y1 - thickness, colour)
            }
            for y in y0...max(y0, y1) {
                set(x0 + thickness, y, colour)
                set(x1 - thickness, y, colour)
            }
        }
        let scale = 2
        let lineHeight = (Font.height + 2) * scale
        let top = y0 - lineHeight * mark.lines.count - 2
        let room = width - (mark.lines.map { $0.utf8.count }.max() ?? 0) * (Font.width + 1) * scale
        for (i, line) in mark.lines.enumerated() {
            let y = (top >= 0 ? top : y1 + 3) + i * lineHeight
            text(line, x: max(0, min(x0, room)), y: y, scale: scale, colour)
        }
    }

    /// Text on a dark ground, so that it reads on water and on tiles.
    private func text(_ line: String, x: Int, y: Int, scale: Int, _ colour: (UInt8, UInt8, UInt8)) {
        let advance = (Font.width + 1) * scale
        for row in -1..<(Font.height + 1) * scale {
            for column in -2..<line.utf8.count * advance { set(x + column, y + row, (16, 24, 32)) }
        }
        for (i, character) in line.utf8.enumerated() {
            for (row, bits) in Font.rows(character).enumerated() {
                for column in 0..<Font.width where bits & (0b10000 >> UInt8(column)) != 0 {
                    for dy in 0..<scale {
                        for dx in 0..<scale {
                            set(x + i * advance + column * scale + dx, y + row * scale + dy, colour)
                        }
                    }
                }
            }
        }
    }

    private func set(_ x: Int, _ y: Int, _ colour: (UInt8, UInt8, UInt8)) {
        guard x >= 0, y >= 0, x < width, y < height else { return }
        let i = (y * width + x) * 3
        (pixels[i], pixels[i + 1], pixels[i + 2]) = colour
    }
}
