import FuzzTargets

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// libFuzzer's own main program.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// The first argument.
private let named = CommandLine.arguments.dropFirst().first.flatMap(FuzzTarget.init)
/// libFuzzer starts the program anew for parts of its work, with its own arguments only.
private let variable = "MARTLET_FUZZ_TARGET"
private let chosen = named ?? getenv(variable).flatMap { FuzzTarget(rawValue: String(cString: $0)) }

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do throws(FuzzFinding) {
        try chosen?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
    } catch {
        // The fuzzer takes a crash for a finding, keeps the input and stops.
        fatalError("\(error)")
    }
    return 0
}

@main
struct Fuzzer {
    static func main() {
        guard let chosen else {
            let targets = FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")
            print("usage: fuzz \(targets) [-libFuzzer-options] [CORPUS-FOLDERS | FILES]")
            exit(2)
        }
        setenv(variable, chosen.rawValue, 1)
        // The target is no argument of libFuzzer, which gets the memory and never gives it back.
        let arguments = [CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(named == nil ? 1 : 2)
        var pointers = arguments.map { strdup($0) } + [nil]
        var count = CInt(arguments.count)
        let result = pointers.withUnsafeMutableBufferPointer { buffer -> CInt in
            guard var start = buffer.baseAddress else { return 2 }
            return withUnsafeMutablePointer(to: &start) { runDriver(&count, $0, testOneInput) }
        }
        exit(result)
    }
}
