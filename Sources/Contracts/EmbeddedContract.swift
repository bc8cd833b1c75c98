/// A REST contract as it lies in the executable: lines that `ContractCompiler` made at build time.
public struct EmbeddedContract: Sendable {
    /// Name of the file without ending, for instance `publisher-v4`.
    public let name: String
    /// The compiled lines; their form is described at `CompiledContract` in the build tool.
    public let text: StaticString

    public init(name: String, text: StaticString) {
        self.name = name
        self.text = text
    }
}
