/// The members of events that do not change from request to request, as JSON text without braces.
enum EventMembers {
    static func join(_ members: [(String, String)]) -> [UInt8] {
        var output: [UInt8] = []
        for (name, value) in members {
            if !output.isEmpty { output.append(UInt8(ascii: ",")) }
            JSONText.appendString(name, to: &output)
            output.append(UInt8(ascii: ":"))
            JSONText.appendString(value, to: &output)
        }
        return output
    }

    static func application(id: String, name: String, owner: String) -> [UInt8] {
        join([("applicationId", id), ("applicationName", name), ("applicationOwner", owner)])
    }

    /// For requests without an application.
    static let unknownApplication = application(id: "UNKNOWN", name: "UNKNOWN", owner: "UNKNOWN")
    /// For requests with a test key of the publisher.
    static let internalApplication = application(id: "UNKNOWN", name: "internal-key-app", owner: "UNKNOWN")
}
