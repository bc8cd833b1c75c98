/// An immutable copy of an API's working copy, the thing that gateways get.
public struct Revision: Sendable, Hashable {
    /// UUID.
    public var id: String
    public var apiID: String
    /// Counts up per API and is never used again.
    public var number: Int
    public var description: String
    /// When it was made, milliseconds since 1970.
    public var createdMilliseconds: Int64

    public init(id: String, apiID: String, number: Int, description: String, createdMilliseconds: Int64) {
        self.id = id
        self.apiID = apiID
        self.number = number
        self.description = description
        self.createdMilliseconds = createdMilliseconds
    }

    /// `Revision N`, as portals show it.
    public var displayName: String { "Revision \(number)" }
}
