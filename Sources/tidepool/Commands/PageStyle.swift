/// What all pages look like, in a light and a dark room.
enum PageStyle {
    static let base = """
        :root { color-scheme: light dark; --ink: #16202a; --soft: #5b6b79; --line: #d5dde4; --ground: #fff; --water: #1479b8;
          --wide: #b8621b }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #93a4b3; --line: #2c3a46; --ground: #10161c;
          --water: #4fb3ea; --wide: #f0a35e } }
        body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); max-width: 1280px;
          margin: 2rem auto; padding: 0 1rem }
        h1 { margin-bottom: 0 } h2 { margin-top: 2rem; font-size: 1.1rem } p { color: var(--soft) }
        .figures { display: flex; flex-wrap: wrap; gap: 2rem; margin: 1.5rem 0 }
        .figures b { display: block; font-size: 1.6rem; color: var(--water) } .figures span { color: var(--soft) }
        .scroll { overflow-x: auto; max-height: 40rem; overflow-y: auto; border: 1px solid var(--line); border-radius: 6px }
        table { border-collapse: collapse; width: 100%; font-size: 13px; font-variant-numeric: tabular-nums }
        th { position: sticky; top: 0; background: var(--ground); text-align: left; color: var(--soft); font-weight: 500 }
        th, td { padding: 3px 10px; border-bottom: 1px solid var(--line); white-space: nowrap }
        .n { text-align: right } tr.int16 td:nth-child(4) { color: var(--wide); font-weight: 600 }
        svg { width: 100%; height: auto } rect { fill: var(--water) } line { stroke: var(--line) }
        text { fill: var(--soft); font-size: 11px }
        """
}
