import Archives
import Documents
import Model

/// An OpenAPI definition that comes as a ZIP archive: a main file and the files that it refers to.
struct DefinitionArchive {
    /// What the main file may be called, best first.
    static let mainNames = ["swagger.json", "swagger.yaml", "swagger.yml", "openapi.json", "openapi.yaml", "openapi.yml"]

    private let files: [String: [UInt8]]
    private let main: String

    /// Throws 900758 for an archive that is damaged or too large, 900754 for one without main file.
    init(_ bytes: [UInt8], limits: ArchiveLimits) throws {
        do throws(ArchiveError) {
            let list = try ZIPArchive.files(of: bytes, limits: limits)
            files = Dictionary(list.map { ($0.path, $0.bytes) }) { $1 }
        } catch {
            throw CatalogueError.definitionMalformed(error.description)
        }
        guard let main = Self.main(of: Set(files.keys)) else {
            throw CatalogueError.definitionInvalid(
                "the archive needs one of the files \(Self.mainNames.joined(separator: ", ")), at its top or in one folder")
        }
        self.main = main
    }

    /// The one document that the files make together. `parse` reads the text of a file.
    func document(maximumSize: Int, parse: @escaping ([UInt8]) throws -> JSONValue) throws -> JSONValue {
        let files = files
        func read(_ path: String) throws -> (document: JSONValue, size: Int)? {
            guard let bytes = files[path] else { return nil }
            do {
                return (try parse(bytes), bytes.count)
            } catch var error as CatalogueError {
                error.description = "\(path): \(error.description)"
                throw error
            }
        }
        guard let main = try read(main) else { return .null }
        return try DefinitionBundle.bundle(main.document, main: self.main, maximumSize: maximumSize, read: read)
    }

    /// The main file lies at the top, or in the one folder at the top that has such a file.
    private static func main(of paths: Set<String>) -> String? {
        if let name = mainNames.first(where: paths.contains) { return name }
        let folders = Set(
            paths.filter { !$0.hasPrefix("__MACOSX/") }.compactMap { path in
                path.firstIndex(of: "/").map { String(path[..<$0]) }
            })
        let found = folders.compactMap { folder in mainNames.map { "\(folder)/\($0)" }.first(where: paths.contains) }
        return found.count == 1 ? found[0] : nil
    }
}
