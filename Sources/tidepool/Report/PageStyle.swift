/// What all pages look like, in a light and a dark room.
enum PageStyle {
    static let base = """
        :root { color-scheme: light dark; --ink: #16202a; --soft: #5b6b79; --line: #d5dde4; --ground: #fff; --water: #1479b8;
          --wide: #b8621b; --bad: #c62f2f; --good: #2e7d4f }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #93a4b3; --line: #2c3a46; --ground: #10161c;
          --water: #4fb3ea; --wide: #f0a35e; --bad: #ff7b72; --good: #6cc492 } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); max-width: 1280px;
          margin: 2rem auto; padding: 0 1rem }
        h1 { margin-bottom: 0 } h2 { margin-top: 2rem; font-size: 1.1rem } p { color: var(--soft) }
        .figures { display: flex; flex-wrap: wrap; gap: 2rem; margin: 1.5rem 0 }
        .figures b { display: block; font-size: 1.6rem; color: var(--water) } .figures span { color: var(--soft) }
        .scroll { overflow-x: auto; max-height: 40rem; overflow-y: auto; border: 1px solid var(--line); border-radius: 6px }
        table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums }
        th { position: sticky; top: 0; background: var(--ground); text-align: left; color: var(--soft); font-weight: 500 }
        th, td { padding: 3px 10px; border-bottom: 1px solid var(--line); white-space: nowrap }
        .n { text-align: right }
        svg { width: 100%; height: auto } rect { fill: var(--water) } line { stroke: var(--line) }
        text { fill: var(--soft); font-size: 11px }
        """

    /// What the report of a quantization has beside that.
    static let report = """

        :root { --e0: #b3202c; --e1: #d4502a; --e2: #e0852b; --e3: #c9a227; --e4: #7fa53a; --e5: #3d9a6b; --e6: #2a7fb8;
          --none: #9aa7b3 }
        @media (prefers-color-scheme: dark) { :root { --e0: #ff5d5d; --e1: #ff8350; --e2: #ffa94d; --e3: #e8c547;
          --e4: #a5cc57; --e5: #57c795; --e6: #57b0ea; --none: #5d6b78 } }
        p.good { color: var(--good) } p.bad { color: var(--bad); font-weight: 600 } b.wide { color: var(--wide) }
        section > .scroll + .scroll { margin-top: 1rem }
        th.n { text-align: right } tr:last-child td { border-bottom: 0 }
        details { margin: .6rem 0 } summary { cursor: pointer; color: var(--water); padding: .2rem 0 }
        .bar { display: inline-block; width: 90px; height: 9px; margin-right: 8px; border-radius: 2px;
          background: color-mix(in srgb, var(--line) 60%, transparent) }
        .bar i { display: block; height: 100%; border-radius: 2px; background: var(--water) }
        .bar.second i { background: var(--none) }
        .legend { display: flex; flex-wrap: wrap; gap: .3rem 1.2rem; font-size: 13px }
        .legend i { display: inline-block; width: 12px; height: 12px; border-radius: 2px; margin-right: 6px;
          vertical-align: -1px }
        .e0 { --error: var(--e0) } .e1 { --error: var(--e1) } .e2 { --error: var(--e2) } .e3 { --error: var(--e3) }
        .e4 { --error: var(--e4) } .e5 { --error: var(--e5) } .e6 { --error: var(--e6) } .none { --error: var(--none) }
        .legend i { background: var(--error) }
        .drawing { padding: 8px; max-height: 46rem; resize: vertical }
        svg.graph { width: auto; max-width: none; display: block; margin: 0 auto }
        svg.graph .edge { fill: none; stroke: var(--soft); stroke-width: 1.2; opacity: .65 }
        svg.graph .box { fill: color-mix(in srgb, var(--error) 16%, var(--ground)); stroke: var(--line) }
        svg.graph .edge-of { fill: var(--error) } svg.graph .loss { fill: var(--ink); opacity: .75 }
        svg.graph .wide .box { stroke: var(--wide); stroke-width: 1.5 }
        svg.graph .clip .box { stroke-dasharray: 4 3; stroke: var(--soft) }
        svg.graph .clip.wide .box { stroke: var(--wide) }
        svg.graph .title { fill: var(--ink); font-size: 12px } svg .right { text-anchor: end }
        svg.graph .db { fill: var(--ink) }
        .small-multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(210px, 1fr)); gap: 14px 22px }
        figure { margin: 0; min-width: 0 }
        figcaption { font-size: 12px; color: var(--soft); white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
        figcaption b { color: var(--ink); font-weight: 600 }
        .small-multiples .area { fill: var(--water); opacity: .8 } .small-multiples .limit { stroke: var(--bad) }
        code { font-size: 12px; overflow-wrap: anywhere }
        @media (max-width: 600px) { body { margin: 1rem auto; padding: 0 .7rem } .figures { gap: 1rem 1.6rem }
          .figures b { font-size: 1.25rem } .bar { width: 50px } }
        """
}
