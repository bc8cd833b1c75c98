import Documents
import Model
import OutgoingHTTP

/// Checks `endpointConfig`: its kind, the URLs and their addresses, the security of endpoints.
struct EndpointRules {
    /// Which addresses may be named as endpoints.
    var policy: AddressPolicy

    /// Throws the first rule that is broken. No configuration at all is fine; publishing then asks for one.
    func check(_ configuration: JSONObject?) throws {
        guard let configuration else { return }
        let named = configuration["endpoint_type"] ?? .null
        guard named.isNull || named.string != nil else {
            throw CatalogueError.endpointConfigInvalid("endpoint_type must be a text")
        }
        let kind = named.string ?? "http"
        guard Self.kinds.contains(kind) else {
            throw CatalogueError.endpointConfigInvalid("endpoint_type '\(kind)' is unknown")
        }
        if kind != "default" { try checkURLs(configuration) }
        try checkSession(configuration)
        try EndpointSecurityRules(policy: policy).check(configuration["endpoint_security"])
    }

    private static let kinds: Set<String> = [
        "http", "address", "ws", "graphql", "service", "load_balance", "failover", "default", "awslambda",
        "sequence_backend",
    ]

    private func checkURLs(_ configuration: JSONObject) throws {
        for member in Endpoints.members {
            guard let value = configuration[member], !value.isNull else { continue }
            let endpoints = Endpoints.list(value)
            guard endpoints.count == (value.array?.count ?? 1), value.string == nil else {
                throw CatalogueError.endpointConfigInvalid("\(member) is neither an object nor an array of objects")
            }
            for endpoint in endpoints {
                // Portals send an empty object for the key type that has no endpoint.
                if endpoint.isEmpty { continue }
                guard let url = endpoint["url"]?.string, !url.isEmpty else {
                    throw CatalogueError.endpointURLMissing(member.hasPrefix("production") ? "production" : "sandbox")
                }
                try check(url: url)
                try checkSettings(endpoint["config"])
                try checkWeight(endpoint["weight"])
            }
        }
    }

    /// Templates and other transports are filled in or resolved later, so only plain URLs are checked.
    private func check(url: String) throws {
        if url.hasPrefix("jms:") || url.hasPrefix("consul(") || url.contains(where: { $0 == "{" || $0 == "}" }) { return }
        guard let parsed = OutgoingURL(url) else {
            throw CatalogueError.endpointURLInvalid("'\(url)' is not a URL with a scheme and a host")
        }
        guard policy.allows(literalHost: parsed.host) else {
            throw CatalogueError.endpointURLInvalid("the address of '\(url)' is reserved and must not be an endpoint")
        }
    }

    private func checkSettings(_ settings: JSONValue?) throws {
        guard let settings = settings?.object else { return }
        try checkVersion(settings["httpVersion"])
        try checkHealth(settings["healthCheck"])
        for name in ["actionDuration", "suspendDuration", "suspendMaxDuration", "factor", "retryTimeOut", "retryDelay"] {
            guard let value = settings[name], !value.isNull, value.string != "" else { continue }
            // -1 is how portals say that no suspension is set.
            let minimum: Double = name.hasPrefix("suspend") ? -1 : 0
            guard let number = EndpointSettings.number(value), number >= minimum, number.isFinite else {
                throw CatalogueError.endpointConfigInvalid("\(name) must be a number of at least \(Int(minimum))")
            }
        }
    }

    private func checkVersion(_ version: JSONValue?) throws {
        guard let version, !version.isNull, version.string != "" else { return }
        guard [1.1, 2].contains(EndpointSettings.number(version)) else {
            throw CatalogueError.endpointConfigInvalid("httpVersion must be 1.1 or 2")
        }
    }

    private func checkHealth(_ check: JSONValue?) throws {
        guard let check, !check.isNull else { return }
        guard let members = check.object else {
            throw CatalogueError.endpointConfigInvalid("healthCheck must be an object")
        }
        if let path = members["path"], !path.isNull {
            guard let text = path.string, text.hasPrefix("/"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw CatalogueError.endpointConfigInvalid("healthCheck: path must be the path of a URL, from / on")
            }
        }
        for (name, minimum) in [("interval", 100.0), ("timeout", 1), ("failures", 1), ("successes", 1)] {
            guard let value = members[name], !value.isNull, value.string != "" else { continue }
            guard let number = EndpointSettings.number(value), number >= minimum, number <= Double(Int32.max) else {
                throw CatalogueError.endpointConfigInvalid("healthCheck: \(name) must be a number of at least \(Int(minimum))")
            }
        }
    }

    private func checkWeight(_ weight: JSONValue?) throws {
        guard let weight, !weight.isNull else { return }
        guard let number = EndpointSettings.number(weight), (0...1_000).contains(number), number == number.rounded() else {
            throw CatalogueError.endpointConfigInvalid("weight must be a whole number from 0 to 1000")
        }
    }

    private func checkSession(_ configuration: JSONObject) throws {
        guard let timeout = configuration["sessionTimeOut"], !timeout.isNull, timeout.string != "" else { return }
        guard EndpointSettings.number(timeout) != nil else {
            throw CatalogueError.endpointConfigInvalid("sessionTimeOut must be a number")
        }
    }
}

/// Numbers in endpoint settings, which portals send as numbers or as text.
enum EndpointSettings {
    static func number(_ value: JSONValue?) -> Double? { value?.double ?? value?.string.flatMap(Double.init) }
}
