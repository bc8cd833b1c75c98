import Archives
import Documents
import Model

/// The ZIP archives in which policies travel: a folder with specification and definitions, all named after the policy.
public enum PolicyArchive {
    /// The form of the specification.
    public enum Form: Sendable { case yaml, json }

    /// An archive of a policy. Those that are part of the product have no definition to go with it.
    public static func archive(_ policy: OperationPolicy, _ form: Form) -> [UInt8] {
        let name = "\(policy.name)_\(policy.version)"
        let path = "\(name)/\(name)"
        var files: [ZIPArchive.File] = []
        switch form {
        case .yaml:
            files.append(.init(path: path + ".yaml", bytes: Array(YAMLDocument.text(of: policy.specification.file).utf8)))
        case .json: files.append(.init(path: path + ".json", bytes: Array(policy.specification.file.text.utf8)))
        }
        switch policy.definitions.form {
        case .lua: files.append(.init(path: path + ".lua", bytes: Array(policy.definitions.text.utf8)))
        case .template where !policy.definitions.text.isEmpty:
            files.append(.init(path: path + ".j2", bytes: Array(policy.definitions.text.utf8)))
        case .template, .builtIn: break
        }
        if let template = policy.definitions.choreoConnect {
            files.append(.init(path: path + ".gotmpl", bytes: Array(template.utf8)))
        }
        return ZIPArchive.archive(of: files)
    }

    /// The files of an archive. Throws 902006 for what is no archive of a policy.
    public static func upload(_ bytes: [UInt8]) throws(CatalogueError) -> PolicyUpload {
        let files: [ZIPArchive.File]
        do throws(ArchiveError) { files = try ZIPArchive.files(of: bytes, limits: limits) } catch {
            throw .policySpecificationInvalid("\(error)")
        }
        func file(_ endings: String...) -> PolicyUpload.File? {
            files.first { file in endings.contains { file.path.lowercased().hasSuffix($0) } }
                .map { PolicyUpload.File(name: $0.path, bytes: $0.bytes) }
        }
        return PolicyUpload(
            specification: file(".yaml", ".yml", ".json"), definition: file(".lua", ".j2", ".xml"),
            choreoConnectDefinition: file(".gotmpl"))
    }

    private static let limits = ArchiveLimits()
}
