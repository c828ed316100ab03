import Recognition

extension LatencyResult {
    /// A test suite as JUnit's XML has it: a test case a promise.
    public func junit() -> String {
        let failures = checks.count { !$0.isKept }
        let time = decimal(seconds, places: 3) ?? "0"
        var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        text += "<testsuites>\n"
        text += "<testsuite name=\"tidepool-edge latency\" tests=\"\(checks.count)\" failures=\"\(failures)\" "
        text += "errors=\"0\" time=\"\(time)\">\n"
        for check in checks {
            text += "  <testcase classname=\"\(markup(check.subject))\" name=\"\(markup(check.promise))\" "
            text += "time=\"\(time)\""
            if check.isKept {
                text += "/>\n"
            } else {
                text += ">\n    <failure message=\"\(markup(check.found))\">\(markup(check.promise)): found "
                text += "\(markup(check.found))</failure>\n  </testcase>\n"
            }
        }
        return text + "</testsuite>\n</testsuites>\n"
    }
}

/// Text for XML and HTML, also inside of attributes. Characters that XML does not have become a question mark.
func markup(_ text: String) -> String {
    var safe = ""
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0x26: safe += "&amp;"
        case 0x3C: safe += "&lt;"
        case 0x3E: safe += "&gt;"
        case 0x22: safe += "&quot;"
        case 0x27: safe += "&#39;"
        case 0..<0x20, 0x7F, 0xFFFE, 0xFFFF: safe += scalar.value == 0x0A || scalar.value == 0x09 ? " " : "?"
        default: safe.unicodeScalars.append(scalar)
        }
    }
    return safe
}
