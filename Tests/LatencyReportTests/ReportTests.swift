import Foundation
import FoundationXML
import Testing

@testable import LatencyReport

private func read(_ text: String) throws -> LatencyResult {
    try Data(text.utf8).withUnsafeBytes { try LatencyResult(json: $0, file: "a.json") }
}

/// Whether a text is well-formed XML, and its elements in order.
private final class Elements: NSObject, XMLParserDelegate {
    var names: [String] = []
    var attributes: [[String: String]] = []

    init?(_ text: String) {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        guard parser.parse() else { return nil }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        names.append(name)
        self.attributes.append(attributes)
    }
}

@Suite struct ReportTests {
    @Test func whatIsWrittenIsReadBack() throws {
        let text = sampleResult().json()
        #expect(try JSONSerialization.jsonObject(with: Data(text.utf8)) is [String: Any])
        #expect(try read(text).json() == text)
        #expect(try read(text).tasks[0].histogram == sampleResult().tasks[0].histogram)
    }

    @Test func anotherObjectIsNoReport() {
        func changed(_ right: String, _ wrong: String) -> String {
            sampleResult().json().replacingOccurrences(of: right, with: wrong)
        }
        for (text, words) in [
            ("{}", "tidepool_latency is missing"), ("[]", "the object is missing"), ("", "a.json:1: not JSON"),
            (changed("\"tidepool_latency\":1", "\"tidepool_latency\":2"), "tidepool_latency is missing"),
            (changed("\"captured\":900", "\"captured\":-1"), "captured"),
            (changed("\"captured\":900", "\"captured\":1e300"), "captured"),
            (changed("\"captured\":900", "\"captured\":\"900\""), "captured"),
        ] {
            do {
                _ = try read(text)
                Issue.record("\(text.prefix(40)) was read")
            } catch {
                let description = (error as? LatencyFileError)?.description ?? ""
                #expect(description.hasPrefix("a.json") && description.contains(words), "\(description)")
            }
        }
    }

    /// Any byte may change: it is read, or refused with one line, and never a trap. What is read can be shown.
    @Test func mutationsAreReadOrRefused() {
        let whole = Array(sampleResult().json().utf8)
        var generator = SystemRandomNumberGenerator()
        var refused = 0
        for _ in 0..<1_500 {
            var bytes = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let at = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0...3, using: &generator) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: at)
                case 2: bytes.removeSubrange(at..<min(bytes.count, at + 40))
                default: bytes.insert("0123456789eE+-.[]{}\":,\\".utf8.randomElement()!, at: at)
                }
            }
            bytes.withUnsafeBytes { raw in
                do {
                    let result = try LatencyResult(json: raw, file: "a.json")
                    _ = result.html()
                    _ = LatencyComparison([("a", result), ("b", sampleResult())]).html()
                } catch {
                    refused += 1
                    #expect((error as? LatencyFileError)?.description.hasPrefix("a.json") == true)
                }
            }
        }
        #expect(refused > 300)
    }

    @Test func jUnitHasATestCaseAPromise() throws {
        for (p99, failures) in [(80.0, "0"), (150.0, "1")] {
            let elements = try #require(Elements(sampleResult(p99: p99).junit()))
            #expect(elements.names.filter { $0 == "testcase" }.count == 2)
            #expect(elements.names.filter { $0 == "failure" }.count == Int(failures))
            #expect(elements.attributes[1]["tests"] == "2" && elements.attributes[1]["failures"] == failures)
            #expect(elements.attributes[2]["classname"] == "swimmers <&\"'>?")
        }
    }

    @Test func pagesHoldNothingFromOutsideAndNoMarkupOfOthers() {
        let kept = sampleResult(), broken = sampleResult(p99: 150)
        let pages = [kept.html(), broken.html(), LatencyComparison([("a<b", kept), ("c", broken)]).html()]
        for page in pages {
            #expect(page.hasPrefix("<!doctype html>") && page.hasSuffix("</body></html>\n"))
            for part in ["http:", "https:", "src=", "<script", "</script>", "swimmers <", "a<b"] {
                #expect(!page.contains(part), "\(part)")
            }
            for element in ["svg", "table", "body", "html", "text"] {
                let opened = page.components(separatedBy: "<\(element)").count
                #expect(opened == page.components(separatedBy: "</\(element)>").count, "\(element)")
            }
        }
        #expect(pages[0].contains("Promises: <span class=\"good\">kept") && pages[1].contains("not kept"))
        #expect(pages[0].contains("camera lost (gone)") && pages[0].contains("51") && pages[0].contains("throttled"))
        // Drawings are XML by themselves.
        for page in pages {
            for part in page.components(separatedBy: "<svg").dropFirst() {
                let drawing = "<svg" + part.components(separatedBy: "</svg>")[0] + "</svg>"
                #expect(Elements(drawing) != nil)
            }
        }
    }

    @Test func comparisonsAreToTheFirst() throws {
        let comparison = LatencyComparison([("old", sampleResult(p99: 80)), ("new", sampleResult(p99: 100))])
        let table = comparison.table()
        #expect(table[0] == ["task", "figure", "old", "new"] && table[1] == ["", "promises", "kept", "kept"])
        let row = try #require(table.first { $0[1] == "age p99, ms" })
        #expect(row[2...] == ["80.0", "100 (+25 %)"])
        let object = try JSONSerialization.jsonObject(with: Data(comparison.json().utf8)) as? [String: Any]
        #expect((object?["reports"] as? [[String: Any]])?.count == 2)
    }
}

@Suite struct JSONValueTests {
    private func parse(_ text: String) throws -> JSONValue {
        try Data(text.utf8).withUnsafeBytes { try JSONValue(parsing: $0) }
    }

    @Test func valuesAreRead() throws {
        #expect(try parse(" null ") == .null && parse("true") == .bool(true) && parse("false") == .bool(false))
        #expect(try parse("-0.5e+2") == .number(-50) && parse("0") == .number(0) && parse("1E3") == .number(1000))
        #expect(try parse(#""a\"\\\/\b\f\n\r\t\u00e9\ud83c\udfcaß""#) == .string("a\"\\/\u{8}\u{C}\n\r\té\u{1F3CA}ß"))
        #expect(try parse("[1,[],{}]") == .array([.number(1), .array([]), .object([])]))
        #expect(try parse(#"{"a":1,"b":[true]}"#)
            == .object([(name: "a", value: .number(1)), (name: "b", value: .array([.bool(true)]))]))
    }

    @Test(arguments: [
        "", " ", "nul", "truex", "01", "+1", "1.", ".5", "1e", "-", "NaN", "Infinity", "1e999", "[1,]", "[1 2]", "[",
        "{",
        "{\"a\"}", "{\"a\":1,}", "{a:1}", "{\"a\":1,\"a\":2}", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
        "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\n\"", "1 1", "[]]", "//", "'a'", "\u{FEFF}1",
    ])
    func whatIsNotJSONIsRefused(text: String) {
        #expect(throws: JSONError.self) { try parse(text) }
    }

    @Test func depthNamesAndBytesHaveLimits() {
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 100_000)) }
        let names = (0..<300).map { "\"\($0)\":1" }.joined(separator: ",")
        #expect(throws: JSONError.self) { try parse("{\(names)}") }
        #expect(throws: JSONError.self) { try Data([0x22, 0xFF, 0x22]).withUnsafeBytes { try JSONValue(parsing: $0) } }
    }
}
