import CPlatform
import Testing

@Suite struct FileTests {
    @Test func mapsWhatWasWritten() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/bytes"
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            #expect(tp_write_file_atomic(path, bytes, bytes.count) == 0)
            #expect(tp_file_size(path) == Int64(bytes.count))

            var mapping = tp_mapping()
            try #require(tp_map_file(path, &mapping) == 0)
            defer { tp_unmap(&mapping) }
            #expect(UnsafeRawBufferPointer(start: mapping.base, count: mapping.size).elementsEqual(bytes))
        }
    }

    @Test func anEmptyFileMapsToNothing() throws {
        try withTemporaryFolder { folder in
            #expect(tp_write_file_atomic(folder + "/empty", nil, 0) == 0)
            var mapping = tp_mapping()
            #expect(tp_map_file(folder + "/empty", &mapping) == 0)
            #expect(mapping.base == nil && mapping.size == 0)
            tp_unmap(&mapping)
        }
    }

    @Test func replacingKeepsOldMappingsAndLeavesNoTemporaryFile() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            #expect(tp_write_file_atomic(path, [1, 2, 3] as [UInt8], 3) == 0)
            var mapping = tp_mapping()
            try #require(tp_map_file(path, &mapping) == 0)
            defer { tp_unmap(&mapping) }
            #expect(tp_write_file_atomic(path, [9] as [UInt8], 1) == 0)
            #expect(UnsafeRawBufferPointer(start: mapping.base, count: mapping.size).elementsEqual([1, 2, 3]))
            #expect(tp_file_size(path) == 1)
            try #expect(names(in: folder) == ["model"])
        }
    }

    @Test func failuresAreNegativeErrnos() throws {
        try withTemporaryFolder { folder in
            var mapping = tp_mapping()
            #expect(tp_map_file(folder + "/missing", &mapping) == -2)
            #expect(tp_map_file(folder, &mapping) == -21)
            #expect(tp_open_read(folder + "/missing") == -2)
            #expect(tp_write_file_atomic(folder, [0], 1) == -21)
            #expect(tp_write_file_atomic(folder + "/missing/file", [0], 1) == -2)
            #expect(tp_file_size(folder) == -21)
            #expect(String(cString: tp_error_text(-2)) == "No such file or directory")
            try #expect(names(in: folder).isEmpty)
        }
    }

    @Test func writesIntoADeviceInPlace() {
        #expect(tp_write_file_atomic("/dev/null", [1, 2, 3] as [UInt8], 3) == 0)
        #expect(tp_file_size("/dev/null") < 0)
    }

    @Test func readsStopAtTheEndOfTheFile() throws {
        try withTemporaryFolder { folder in
            #expect(tp_write_file_atomic(folder + "/ten", Array(0..<10) as [UInt8], 10) == 0)
            let descriptor = tp_open_read(folder + "/ten")
            try #require(descriptor >= 0)
            defer { tp_close(descriptor) }
            var bytes = [UInt8](repeating: 0xff, count: 16)
            #expect(tp_read(descriptor, &bytes, 4) == 4)
            #expect(tp_read_at(descriptor, &bytes, 16, 7) == 3)
            #expect(bytes[0..<3] == [7, 8, 9])
            #expect(tp_read(descriptor, &bytes, 16) == 6)
            #expect(tp_read(descriptor, &bytes, 16) == 0)
            #expect(tp_read_at(descriptor, &bytes, 1, -1) == -22)
        }
    }

    @Test func namesComeSortedByTheirBytes() throws {
        try withTemporaryFolder { folder in
            let unsorted = (0..<200).map { "frame-\(($0 * 73) % 200)" } + ["Z", "a", "é"]
            for name in unsorted { #expect(tp_write_file_atomic(folder + "/" + name, nil, 0) == 0) }
            let sorted = unsorted.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            try #expect(names(in: folder) == sorted)

            var directory: OpaquePointer?
            #expect(tp_directory_read(folder + "/Z", &directory) == -20)
            #expect(directory == nil)
        }
    }

    @Test func makesFoldersOnTheWay() throws {
        try withTemporaryFolder { folder in
            #expect(tp_directory_make(folder + "/a/b/c") == 0)
            #expect(tp_directory_make(folder + "/a/b/c/") == 0)
            #expect(tp_is_directory(folder + "/a/b/c") == 1)
            #expect(tp_write_file_atomic(folder + "/file", nil, 0) == 0)
            #expect(tp_is_directory(folder + "/file") == 0)
            #expect(tp_directory_make(folder + "/file") == -20)
            #expect(tp_directory_make("") == -2)
        }
    }
}
