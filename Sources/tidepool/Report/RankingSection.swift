import Quantizer

/// Weights and values by what they cost the outputs.
struct RankingSection {
    let ranking: Ranking

    /// So many are shown at once.
    private static let first = 20

    var html: String {
        let rows = ranking.entries.enumerated().map(row)
        let rest = rows.dropFirst(Self.first)
        return """
            <p>Simulated on \(ranking.inputs) inputs. Share: of all noise that weights and values cause alone, at the \
            output where it is largest. Alone: signal to noise of the worst output with nothing else quantized. \
            Left out: what the worst output gains when all else is. Readers: the millions of multiply-adds that int16 \
            would cost. \(Ranking.caution)</p>\(Markup.table(head, Array(rows.prefix(Self.first)), numbers: [0, 6, 7, 8]))
            """
            + (rest.isEmpty ? "" : Markup.details(
                "\(rest.count) more", Markup.table(head, Array(rest), numbers: [0, 6, 7, 8])))
    }

    private let head = ["", "node", "operator", "what", "type", "share of the loss", "alone dB", "left out dB", "readers M"]

    private func row(_ index: Int, _ entry: Ranking.Entry) -> [String] {
        let byOutput = zip(ranking.outputs, zip(entry.alone, entry.leftOut)).map { name, decibels in
            "\(name): alone \(Markup.number(decibels.0, 1)) dB, left out \(Markup.number(decibels.1, 2)) dB"
        }
        let name = entry.kind == .values ? entry.value : entry.node
        return [
            "\(index + 1)",
            "<span title='\(Markup.escape(byOutput.joined(separator: "\n")))'>\(Markup.escape(name))</span>",
            Markup.escape(entry.operation), entry.kind.rawValue,
            entry.type == .int8 ? "int8" : "<b class='wide'>\(entry.type)</b>",
            Markup.bar(entry.share) + Markup.percent(entry.share), Markup.number(entry.worstAlone, 1),
            Markup.number(entry.gain(in: ranking), 2),
            entry.kind == .values ? Markup.millions(entry.readerMultiplyAdds) : "",
        ]
    }
}

extension Ranking {
    /// What its figures must not be taken for.
    static let caution = "Each part is tried by itself, and the errors of parts go together: shares do not add up to what "
        + "a change of several parts brings, and a part left out may gain nothing while its neighbours stay. quantize "
        + "--max-drop and --min-sqnr try changes together."
}

extension Ranking.Entry {
    /// The output that suffers most from this alone, dB.
    var worstAlone: Double { alone.min() ?? .infinity }

    /// What the network's worst output gains without this, dB.
    func gain(in ranking: Ranking) -> Double {
        guard let worst = ranking.whole.indices.min(by: { ranking.whole[$0] < ranking.whole[$1] }) else { return 0 }
        return leftOut[worst]
    }
}
