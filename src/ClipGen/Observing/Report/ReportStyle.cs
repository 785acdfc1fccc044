namespace ClipGen.Observing.Report;

/// <summary>The styles of the page, for wide and narrow screens, light and dark themes, and print.</summary>
internal static class ReportStyle
{
    internal const string Css =
        """
        :root { color-scheme: light dark; --back: #ffffff; --text: #1c1e21; --soft: #5c6370; --line: #d9dde3; --panel: #f5f6f8;
          --norm: #1f5fbf; --range: #1f5fbf33; --limit: #b3261e; --good: #1b7837; --broken: #b3261e; --clipped: #c2703566;
          --s0: #2f6db5; --s1: #d08a1d; --s2: #2b8a6b; --s3: #b5508c; --s4: #7a5fb8; --s5: #8a6d3b; --others: #9aa1ab; }
        @media (prefers-color-scheme: dark) { :root { --back: #16181c; --text: #e6e8eb; --soft: #a2a9b4; --line: #3a3f47; --panel: #20242a;
          --norm: #7db0ff; --range: #7db0ff38; --limit: #ff8a80; --good: #7fd19a; --broken: #ff8a80; --clipped: #e09a5e66;
          --s0: #6fa8e8; --s1: #e8b04f; --s2: #5cc4a0; --s3: #e08cbf; --s4: #ab95e6; --s5: #c4a46e; --others: #6f7680; } }
        @media print { :root { color-scheme: light; --back: #ffffff; --text: #000000; --soft: #444444; --line: #bbbbbb; --panel: #f5f6f8;
          --norm: #1f5fbf; --range: #1f5fbf33; --limit: #b3261e; --good: #1b7837; --broken: #b3261e; --clipped: #c2703566;
          --s0: #2f6db5; --s1: #d08a1d; --s2: #2b8a6b; --s3: #b5508c; --s4: #7a5fb8; --s5: #8a6d3b; --others: #9aa1ab; }
          figure, table, .recommendation { break-inside: avoid; } h2, h3 { break-after: avoid; } body { max-width: none; }
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 24px 20px 60px; max-width: 860px; background: var(--back); color: var(--text);
          font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
        h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 4px; } h2 { font-size: 1.35rem; line-height: 1.3; margin: 44px 0 8px; }
        h3 { font-size: 1.08rem; margin: 30px 0 6px; } p { margin: 6px 0 10px; } .soft { color: var(--soft); }
        code, pre { font: 0.93em/1.5 ui-monospace, "Cascadia Mono", Consolas, "DejaVu Sans Mono", monospace; }
        .recommendation { border: 1px solid var(--line); border-left: 5px solid var(--good); border-radius: 6px; background: var(--panel);
          padding: 12px 16px; margin: 14px 0; }
        .recommendation pre { margin: 0 0 6px; font-size: 1.1em; font-weight: 600; white-space: pre-wrap; user-select: all; }
        .recommendation p { margin: 0; }
        figure { margin: 10px 0 22px; } figcaption { font-size: 0.92rem; color: var(--soft); margin-bottom: 4px; }
        svg { display: block; width: 100%; height: auto; } svg text { fill: var(--text); font-size: 15px; font-family: inherit; }
        svg .y { text-anchor: end; dominant-baseline: middle; } svg .x { text-anchor: middle; dominant-baseline: hanging; }
        svg .title { text-anchor: middle; fill: var(--soft); }
        svg .mark { paint-order: stroke; stroke: var(--back); stroke-width: 5px; stroke-linejoin: round; }
        .grid { stroke: var(--line); stroke-width: 1; fill: none; } .axis { stroke: var(--soft); stroke-width: 1; fill: none; }
        .range { fill: var(--range); } .norm { stroke: var(--norm); stroke-width: 2; fill: none; stroke-linejoin: round; }
        .limit { stroke: var(--limit); stroke-width: 2; stroke-dasharray: 7 4; fill: none; }
        .recommended { stroke: var(--good); stroke-width: 2; fill: none; } .broken { stroke: var(--broken); stroke-width: 2.5; fill: none; }
        .clipped { fill: var(--clipped); } .s0 { fill: var(--s0); background: var(--s0); } .s1 { fill: var(--s1); background: var(--s1); }
        .s2 { fill: var(--s2); background: var(--s2); } .s3 { fill: var(--s3); background: var(--s3); }
        .s4 { fill: var(--s4); background: var(--s4); } .s5 { fill: var(--s5); background: var(--s5); }
        .others { fill: var(--others); background: var(--others); }
        .key { display: inline-block; width: 13px; height: 13px; border-radius: 3px; margin-right: 8px; vertical-align: -1px; }
        .line { display: inline-block; width: 22px; height: 0; border-top: 3px solid var(--norm); vertical-align: 4px;
          margin: 0 5px 0 2px; }
        .line.dashed { border-top: 3px dashed var(--limit); }
        .line.area { border: 0; height: 12px; background: var(--range); vertical-align: -1px; }
        .line.mark { border: 0; border-left: 3px solid var(--broken); width: 3px; height: 12px; vertical-align: -1px; margin: 0 7px 0 6px; }
        table { border-collapse: collapse; width: 100%; font-size: 0.94rem; margin: 8px 0 16px; }
        th { text-align: left; font-weight: 600; }
        th, td { border-bottom: 1px solid var(--line); padding: 5px 8px 5px 0; vertical-align: top; }
        td:not(:first-child), th:not(:first-child) { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        @media screen and (max-width: 600px) { body { padding: 16px 12px 40px; } svg text { font-size: 23px; } h1 { font-size: 1.4rem; }
          .norm, .limit, .recommended { stroke-width: 3; } td:not(:first-child), th:not(:first-child) { white-space: normal; } }
        """;
}
