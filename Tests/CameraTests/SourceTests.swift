import PoolScene
import Testing

@testable import Camera

@Suite struct SourceTests {
    @Test func aFolderIsWalkedInTheOrderOfItsPaths() throws {
        let folder = TemporaryFolder()
        for (i, name) in ["b.jpg", "a/2.jpg", "a/10.jpg", "c.jpeg", "ignored.png"].enumerated() {
            folder.write(name, smallJPEG(i))
        }
        let source = try openSource(folder.path, live: false)
        defer { withExtendedLifetime(source) {} }
        var names: [String] = []
        while let frame = try source.nextFrame() { names.append(frame.name) }
        #expect(names == ["a/10.jpg", "a/2.jpg", "b.jpg", "c.jpeg"].map { folder.path + "/" + $0 })
        #expect(source.counters.captured == 4)
    }

    @Test func emptyAndMissingSourcesSaySo() {
        let folder = TemporaryFolder()
        #expect(throws: CameraError.noPictures(folder.path)) { try openSource(folder.path, live: false) }
        #expect(throws: CameraError.unreadable("no/such/folder", "No such file or directory")) {
            try openSource("no/such/folder", live: false)
        }
        let text = folder.write("notes.txt", [1, 2, 3])
        #expect(throws: CameraError.unknownSource(text, "neither a folder nor a .tar of pictures")) {
            try openSource(text, live: false)
        }
        #expect(throws: CameraError.self) { try openSource("pool:sed=1", live: false) }
    }

    @Test func aMissingCameraListsTheOthers() {
        do {
            _ = try openSource("/dev/video-none", live: true)
            Issue.record("opened a camera that is not there")
        } catch {
            #expect(
                error.description.hasPrefix(
                    "/dev/video-none: cannot be opened: No such file or directory; cameras here: "))
        }
    }

    @Test func whatIsNoCameraIsNamed() {
        #expect(throws: CameraError.noCamera("/dev/null", "Inappropriate ioctl for device", namesOfCameras)) {
            try openSource("/dev/null", live: true)
        }
        #expect(throws: CameraError.badSetting("size", "9", "WIDTHxHEIGHT such as 640x480")) {
            try openSource("/dev/video0?size=9", live: true)
        }
    }

    /// Of the machine that runs the tests.
    private var namesOfCameras: [String] { listCameras().map { "\($0.path) (\($0.card))" } }

    @Test func anMJPEGFileIsCutIntoItsPictures() throws {
        let folder = TemporaryFolder()
        let pictures = (0..<5).map(smallJPEG)
        // Rubbish between pictures, and a last one that is cut off.
        let file = folder.write(
            "film.mjpeg",
            pictures[0] + pictures[1] + [0, 1, 0xFF, 2] + pictures[2] + pictures[3] + pictures[4].dropLast(40))
        let source = try openSource(file, live: false)
        defer { withExtendedLifetime(source) {} }
        var found: [[UInt8]] = []
        while let frame = try source.nextFrame() { found.append(Array(frame.bytes)) }
        #expect(found == Array(pictures[0...3]) + [Array(pictures[4].dropLast(40))])
    }

    @Test func aThumbnailDoesNotEndAPicture() throws {
        let picture = smallJPEG(1)
        let thumbnail = smallJPEG(2)
        let length = thumbnail.count + 2
        // An application segment that holds a whole JPEG, right after the start of the outer one.
        let outer =
            Array(picture[0..<2]) + [0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + thumbnail + picture[2...]
        let folder = TemporaryFolder()
        let source = try openSource(folder.write("film.mjpeg", outer + picture), live: false)
        defer { withExtendedLifetime(source) {} }
        #expect(try Array(source.nextFrame()!.bytes) == outer)
        #expect(try Array(source.nextFrame()!.bytes) == picture)
        #expect(try source.nextFrame()?.sequence == nil)
    }

    @Test func everyCutOfAStreamIsSurvived() throws {
        let stream = smallJPEG(0) + smallJPEG(1)
        for length in 0..<stream.count {
            stream[..<length].withUnsafeBytes { bytes in
                var offset = 0
                while let range = JPEGScanner.nextPicture(bytes, from: offset) {
                    #expect(
                        range.lowerBound >= offset && range.upperBound > range.lowerBound && range.upperBound <= length)
                    offset = range.upperBound
                }
            }
        }
    }

    @Test func damagedPicturesAreNamed() throws {
        let folder = TemporaryFolder()
        folder.write("broken.jpg", Array(smallJPEG(3).dropLast(30)))
        let source = try openSource(folder.path, live: false)
        defer { withExtendedLifetime(source) {} }
        let decoder = try PictureDecoder()
        let frame = try #require(try source.nextFrame())
        do {
            _ = try decoder.decode(frame)
            Issue.record("decoded a truncated picture")
        } catch {
            #expect(error.description.hasPrefix(folder.path + "/broken.jpg: damaged picture: "))
        }
    }

    @Test func anUnreadableFileIsOnePictureLost() throws {
        let folder = TemporaryFolder()
        folder.write("a.jpg", [])
        folder.write("b.jpg", smallJPEG(1))
        let source = try openSource(folder.path, live: false)
        #expect(throws: CameraError.damaged(folder.path + "/a.jpg", "the file is empty")) { _ = try source.nextFrame() }
        #expect(try source.nextFrame()?.name == folder.path + "/b.jpg")
        #expect(try source.nextFrame()?.name == nil)
        #expect(source.counters.captured == 2)
    }

    @Test func thePoolIsTheSamePoolAgain() throws {
        let first = try openSource("pool:seed=5,swimmers=2,width=160,height=120", live: false)
        defer { withExtendedLifetime(first) {} }
        let second = try openSource("pool:seed=5,swimmers=2,width=160,height=120", live: false)
        defer { withExtendedLifetime(second) {} }
        for index in 0..<3 {
            let a = try #require(try first.nextFrame())
            let b = try #require(try second.nextFrame())
            #expect(a.sequence == index && a.truth.count == 2)
            #expect(Array(a.bytes) == Array(b.bytes))
            #expect(a.truth == b.truth)
        }
    }

    @Test func aPoolWithJPEGQualitySendsJPEG() throws {
        let source = PoolSource(SceneOptions(width: 160, height: 120, jpegQuality: 60), live: false)
        defer { withExtendedLifetime(source) {} }
        let frame = try #require(try source.nextFrame())
        #expect(frame.format == .mjpeg)
        let decoder = try PictureDecoder()
        let picture = try decoder.decode(frame)
        #expect(picture.width == 160 && picture.height == 120)
    }
}
