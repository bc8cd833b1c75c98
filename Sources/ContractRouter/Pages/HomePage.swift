import Documents

/// The first page: shows that the platform runs and where everything is.
struct HomePage {
    var contracts: [Contract]

    var page: HTMLPage {
        HTMLPage(
            title: "Martlet",
            body: """
                <section class="hero">
                <p class="state"><span class="dot" aria-hidden="true"></span>The platform is running</p>
                <h1>API management, from definition to governed call</h1>
                <p class="lead">Publish APIs, let developers find them, and govern every call. The REST APIs below work with existing tools: sign in with Basic authentication, or with a bearer token of <code>/oauth2/token</code>.</p>
                </section>
                <section aria-labelledby="portals"><h2 id="portals">Portals</h2><ul class="cards">\(portalCards)</ul></section>
                <section aria-labelledby="contracts"><h2 id="contracts">REST contracts</h2><ul class="cards">\(contractCards)</ul></section>
                <section aria-labelledby="health"><h2 id="health">Health</h2><ul class="cards">\(health)</ul></section>
                """)
    }

    /// A portal that this version does not have yet.
    struct Portal: Sendable {
        var name: String
        var path: String
        var about: String

        /// The page at the portal's path as long as there is no portal.
        var placeholder: HTMLPage {
            HTMLPage(
                title: "\(name) – Martlet",
                body: """
                    <h1>\(name)</h1>
                    <p class="lead">This portal is not built yet. What it will offer is already there as REST API.</p>
                    <p><a href="/">All REST contracts</a></p>
                    """)
        }
    }

    static let portals = [
        Portal(name: "Publisher", path: "/publisher", about: "Design, publish and deploy APIs."),
        Portal(name: "Developer portal", path: "/devportal", about: "Find APIs, subscribe and get keys."),
        Portal(name: "Administration", path: "/admin", about: "Quotas, environments, key managers."),
    ]

    private var portalCards: String {
        Self.portals.map { portal in
            """
            <li class="card"><h3>\(portal.name) <span class="tag">not built yet</span></h3><p>\(portal.about)</p>\
            <p class="path"><a href="\(portal.path)">\(portal.path)</a></p></li>
            """
        }.joined()
    }

    private var contractCards: String {
        contracts.map { contract in
            let about = contract.information["description"]?.string ?? ""
            let title = contract.information["title"]?.string ?? contract.name
            return """
                <li class="card"><h3><a href="/docs/contracts/\(contract.name)">\(HTMLPage.escape(title))</a></h3><p>\(HTMLPage.escape(about))</p>\
                <p class="path">\(contract.base)</p><p class="meta">\(contract.operations.count) operation\(contract.operations.count == 1 ? "" : "s") · \
                <a href="\(contract.base)/swagger.yaml">YAML<span class="hidden"> of the \(HTMLPage.escape(title))</span></a> · \
                <a href="\(contract.base)/swagger.json">JSON<span class="hidden"> of the \(HTMLPage.escape(title))</span></a></p></li>
                """
        }.joined()
    }

    private var health: String {
        let checks = [
            ("Liveness", "/services/Version", "The process answers."),
            ("Readiness", "/api/am/gateway/v2/server-startup-healthcheck", "All APIs are loaded, traffic may come."),
            ("Health", "/health", "What works and what does not."),
        ]
        return checks.map { name, path, about in
            "<li class=\"card\"><h3><a href=\"\(path)\">\(name)</a></h3><p>\(about)</p><p class=\"path\">\(path)</p></li>"
        }.joined()
    }
}
