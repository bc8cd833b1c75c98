/// The style sheet of the platform's own pages: light and dark, narrow and wide, contrast of at least 4.5:1 everywhere.
enum PageStyle {
    static let text = """
        :root{--ground:#fbfaf7;--panel:#fff;--ink:#1d2430;--soft:#55606f;--line:#dfdcd3;--accent:#0b5c7a;--good:#1b7f4b;--get:#0b5c7a;--post:#1b6e3c;--put:#8a5200;--delete:#a3242f;--patch:#6a3d9a;--head:#55606f}
        @media(prefers-color-scheme:dark){:root{--ground:#12161c;--panel:#1a2029;--ink:#e8eaee;--soft:#a7b0be;--line:#303947;--accent:#7cc4e4;--good:#5fd39a;--get:#7cc4e4;--post:#73d59b;--put:#f0b866;--delete:#ff9aa2;--patch:#c9a6f5;--head:#a7b0be}}
        *{box-sizing:border-box}
        html{scroll-behavior:smooth}
        @media(prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
        body{margin:0;background:var(--ground);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
        a{color:var(--accent);text-underline-offset:.2em}
        a:focus-visible,summary:focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:4px}
        .bar{border-bottom:1px solid var(--line);background:var(--panel)}
        .brand{display:flex;gap:.6rem;align-items:center;max-width:72rem;margin:0 auto;padding:.8rem 1.25rem;font-weight:700;font-size:1.1rem;letter-spacing:.01em;color:var(--ink);text-decoration:none}
        .brand svg{fill:var(--accent)}
        main{max-width:72rem;margin:0 auto;padding:1.5rem 1.25rem 3rem}
        h1{font-size:clamp(1.7rem,1.2rem + 2vw,2.5rem);line-height:1.15;letter-spacing:-.015em;margin:.4rem 0 .8rem;text-wrap:balance}
        h2{font-size:1.25rem;margin:2.4rem 0 .9rem}
        h3{font-size:1.02rem;margin:0 0 .3rem}
        .hero{padding:1.5rem 0 .2rem}
        .lead{color:var(--soft);font-size:1.08rem;max-width:46rem;margin:.2rem 0 .6rem}
        .state{display:inline-flex;align-items:center;gap:.55rem;margin:0;color:var(--good);font-weight:600}
        .dot{width:.7rem;height:.7rem;border-radius:50%;background:var(--good)}
        .cards{list-style:none;margin:0;padding:0;display:grid;gap:.9rem;grid-template-columns:repeat(auto-fill,minmax(min(18rem,100%),1fr))}
        .card{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:1rem 1.1rem}
        .card p{margin:.25rem 0}
        .card .path,code,.route{font:.9em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
        .card .path{color:var(--soft);overflow-wrap:anywhere}
        .meta{color:var(--soft);font-size:.95rem}
        .tag{display:inline-block;border:1px solid var(--line);border-radius:99px;padding:0 .55rem;font-size:.78rem;font-weight:500;color:var(--soft);vertical-align:.08em}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        .index{list-style:none;display:flex;flex-wrap:wrap;gap:.45rem;padding:0;margin:1.2rem 0}
        .index li{border:1px solid var(--line);border-radius:99px;background:var(--panel);padding:.15rem .7rem;font-size:.9rem}
        .count{color:var(--soft)}
        .operation{background:var(--panel);border:1px solid var(--line);border-radius:8px;margin:.45rem 0}
        .operation summary{cursor:pointer;padding:.55rem .8rem;display:flex;flex-wrap:wrap;gap:.2rem .8rem;align-items:baseline;list-style:none}
        .operation summary::-webkit-details-marker{display:none}
        .verb{font-weight:700;font-size:.8rem;min-width:4.2rem}
        .get{color:var(--get)}.post{color:var(--post)}.put{color:var(--put)}.delete{color:var(--delete)}.patch{color:var(--patch)}.head{color:var(--head)}
        .route{overflow-wrap:anywhere;flex:1 1 18rem}
        .what{color:var(--soft);flex:1 1 14rem}
        .operation dl{display:grid;grid-template-columns:minmax(5rem,8rem) 1fr;gap:.3rem 1rem;margin:0;padding:.6rem .8rem;border-top:1px solid var(--line)}
        dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}
        table{border-collapse:collapse;width:100%;font-size:.93rem}
        th,td{text-align:left;padding:.35rem .8rem;border-top:1px solid var(--line);overflow-wrap:anywhere}
        th{color:var(--soft);font-weight:600}
        footer{max-width:72rem;margin:0 auto;padding:1rem 1.25rem 2rem;color:var(--soft);font-size:.9rem}
        @media(max-width:34rem){.operation dl{grid-template-columns:1fr}dt{margin-top:.3rem}th:nth-child(4),td:nth-child(4){display:none}}

        """
}
