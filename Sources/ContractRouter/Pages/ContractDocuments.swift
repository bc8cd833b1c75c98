import Documents

/// The contracts as documents: `swagger.json` and `swagger.yaml` below each base, and a readable page.
struct ContractDocuments {
    var contracts: [Contract]

    func register(in handlers: inout HandlerTable) {
        for contract in contracts {
            handlers.route("GET", contract.base + "/swagger.json") { _ in .ok(contract.document) }
            handlers.route("GET", contract.base + "/swagger.yaml") { _ in
                .bytes(Array(YAMLDocument.text(of: contract.document).utf8), contentType: "application/yaml")
            }
        }
        let pages = Dictionary(contracts.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        handlers.route("GET", "/docs/contracts/{name}") { request in
            guard let contract = pages[request.pathParameter("name")] else {
                return HTMLPage(title: "Not found", body: "<h1>There is no such contract</h1><p><a href=\"/\">Back</a></p>")
                    .response(status: 404)
            }
            return ContractPage(contract: contract).page.response()
        }
        for portal in HomePage.portals {
            handlers.route("GET", portal.path) { _ in portal.placeholder.response(status: 404) }
        }
        let contracts = contracts
        handlers.route("GET", "/") { _ in HomePage(contracts: contracts).page.response() }
        handlers.route("GET", "/docs/style.css") { _ in
            APIResponse(
                headers: [("Cache-Control", "public, max-age=3600")],
                body: .bytes(Array(PageStyle.text.utf8), contentType: "text/css; charset=utf-8"))
        }
    }
}
