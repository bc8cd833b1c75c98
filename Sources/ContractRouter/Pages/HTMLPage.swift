/// A static page without script, in the platform's own look.
struct HTMLPage {
    var title: String
    /// HTML inside of `main`.
    var body: String

    /// The page with headers that forbid everything it does not need.
    func response(status: Int = 200) -> APIResponse {
        let html = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(Self.escape(title))</title>
            <link rel="stylesheet" href="/docs/style.css">
            </head>
            <body>
            <header class="bar"><a class="brand" href="/"><svg viewBox="0 0 48 24" width="40" height="20" aria-hidden="true"><path d="M2 6c9-1 16 2 22 9 5-8 12-11 22-11-7 2-12 5-15 10l6 7c-5-1-9-3-12-6-4 5-9 7-15 7 5-2 8-5 9-8C15 9 9 7 2 6z"/></svg>Martlet</a></header>
            <main>
            \(body)
            </main>
            <footer>Martlet API management platform</footer>
            </body>
            </html>

            """
        let policy =
            "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        let headers = [("Content-Security-Policy", policy), ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY")]
        return APIResponse(
            status: status, headers: headers, body: .bytes(Array(html.utf8), contentType: "text/html; charset=utf-8"))
    }

    /// Text that is safe between tags and in quoted attributes.
    static func escape(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
