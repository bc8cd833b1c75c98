import Glibc

/// Lines for the person or the script that started the program; written at once, also into a pipe or a file.
enum Terminal {
    static func say(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        // A closed terminal is no reason to stop serving.
        _ = write(STDOUT_FILENO, bytes, bytes.count)
    }
}
