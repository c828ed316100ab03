import CJPEG
import Camera
import Foundation

/// A folder for one test, gone with it.
final class TemporaryFolder {
    let path: String

    init() {
        path = NSTemporaryDirectory() + "tidepool-" + UUID().uuidString
        try! FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8]) -> String {
        let file = path + "/" + name
        try! FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try! Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// Runs a program of the system in this folder.
    func run(_ program: String, _ arguments: [String]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        try process.run()
        process.waitUntilExit()
        if process.terminationStatus != 0 { throw CocoaError(.executableLoad) }
    }
}

/// The picture of Goldens/make_resize.py.
func drawnPicture(_ width: Int, _ height: Int) -> [UInt8] {
    var pixels: [UInt8] = []
    for y in 0..<height {
        for x in 0..<width {
            for c in 0..<3 {
                pixels.append(
                    UInt8((x * 7 + y * 13 + c * 50 + (x * y) % 11 * 9 + (x / 5 + y / 3) % 2 * 60) % 256))
            }
        }
    }
    return pixels
}

func jpeg(_ pixels: [UInt8], _ width: Int, _ height: Int, quality: Int32 = 90) -> [UInt8] {
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let error = tp_jpeg_encode(pixels, Int32(width), Int32(height), width * 3, quality, &bytes, &count)
    precondition(error == 0)
    defer { tp_jpeg_free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
}

func smallJPEG(_ seed: Int) -> [UInt8] {
    jpeg(drawnPicture(16 + seed % 7, 12 + seed % 5), 16 + seed % 7, 12 + seed % 5)
}

extension FrameSource {
    /// The next frame, past all events; `nil` at the end.
    func nextFrame() throws(CameraError) -> Frame? {
        while true {
            switch try next() {
            case .frame(let frame): return frame
            case .event: continue
            case .end: return nil
            }
        }
    }
}
