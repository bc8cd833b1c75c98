import FoundationEssentials

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// What the system says of this process, under the names that Prometheus' own clients use. Empty where there is no `/proc`.
public enum ProcessMetrics {
    public static func families(proc: String = "/proc") -> [MetricFamily] {
        guard let stat = text("\(proc)/self/stat"), let numbers = fields(ofStat: stat) else { return [] }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        let page = Double(sysconf(Int32(_SC_PAGESIZE)))
        var families = [
            MetricFamily(
                "process_cpu_seconds", .counter, "Time of processors that the process has used.",
                value: (numbers[11] + numbers[12]) / ticks),
            MetricFamily("process_threads", .gauge, "Threads of the process.", value: numbers[17]),
            MetricFamily("process_virtual_memory_bytes", .gauge, "Virtual memory of the process.", value: numbers[20]),
            MetricFamily("process_resident_memory_bytes", .gauge, "Memory of the process in RAM.", value: numbers[21] * page),
        ]
        if let boot = bootSeconds(proc) {
            families.append(
                MetricFamily(
                    "process_start_time_seconds", .gauge, "When the process started, seconds since 1970.",
                    value: boot + numbers[19] / ticks))
        }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "\(proc)/self/fd").count {
            families.append(MetricFamily("process_open_fds", .gauge, "File descriptors that are open.", value: Double(open)))
        }
        if let most = descriptorLimit() {
            families.append(MetricFamily("process_max_fds", .gauge, "Most file descriptors that may be open.", value: most))
        }
        return families
    }

    /// What follows the command's name, which may hold blanks and parentheses itself: field 3 of proc(5) comes first, and no number.
    private static func fields(ofStat text: String) -> [Double]? {
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split { $0 == " " || $0 == "\n" }
        let numbers = fields.map { Double($0) ?? 0 }
        return numbers.count > 21 ? numbers : nil
    }

    private static func bootSeconds(_ proc: String) -> Double? {
        text("\(proc)/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
    }

    private static func descriptorLimit() -> Double? {
        var limit = rlimit()
        #if canImport(Glibc)
            let result = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
            let result = getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        return result == 0 ? Double(limit.rlim_cur) : nil
    }

    /// Files of `/proc` have no size, so they are read to their end.
    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
    }
}
