import Testing

@testable import Telemetry

@Suite("Metrics as text")
struct MetricsTextTests {
    private static let families: [MetricFamily] = {
        var calls = MetricFamily("calls", .counter, "Calls, \"all\" of\nthem \\.")
        calls.add(3, [("api", "a\"b\\c\nd"), ("status", "2xx")])
        var times = MetricFamily("time_seconds", .histogram, "Times.")
        times.add(MetricHistogram(bounds: [0.5, 1], counts: [2, 0, 1], sum: 2.25), [("api", "x")])
        return [calls, times, MetricFamily("open", .gauge, "Open.", value: 1.5), MetricFamily("none", .gauge, "Nothing.")]
    }()

    private func text(_ format: MetricsText.Format) -> String {
        String(decoding: MetricsText.bytes(Self.families, format), as: UTF8.self)
    }

    @Test("the format that Prometheus has always read")
    func prometheus() {
        #expect(
            text(.prometheus) == #"""
                # HELP calls_total Calls, "all" of\nthem \\.
                # TYPE calls_total counter
                calls_total{api="a\"b\\c\nd",status="2xx"} 3
                # HELP time_seconds Times.
                # TYPE time_seconds histogram
                time_seconds_bucket{api="x",le="0.5"} 2
                time_seconds_bucket{api="x",le="1"} 2
                time_seconds_bucket{api="x",le="+Inf"} 3
                time_seconds_sum{api="x"} 2.25
                time_seconds_count{api="x"} 3
                # HELP open Open.
                # TYPE open gauge
                open 1.5

                """#)
    }

    @Test("OpenMetrics names counters without their suffix and has an end")
    func openMetrics() {
        let text = text(.openMetrics)
        #expect(text.contains("# TYPE calls counter\ncalls_total{"))
        #expect(text.contains(#"# HELP calls Calls, \"all\" of\nthem \\."#))
        #expect(text.hasSuffix("open 1.5\n# EOF\n"))
    }

    @Test(
        "the client chooses the format",
        arguments: [
            (nil, .prometheus), ("*/*", .prometheus), ("text/plain", .prometheus),
            ("application/openmetrics-text;version=1.0.0,text/plain;q=0.5", .openMetrics),
        ] as [(String?, MetricsText.Format)])
    func accept(header: String?, format: MetricsText.Format) { #expect(MetricsText.Format(accept: header) == format) }

    #if os(Linux)
        @Test("the process tells what it uses")
        func process() throws {
            let families = ProcessMetrics.families()
            let values = Dictionary(
                uniqueKeysWithValues: families.map { family in
                    guard case .number(let value)? = family.samples.first?.value else { return (family.name, -1.0) }
                    return (family.name, value)
                })
            #expect(try #require(values["process_resident_memory_bytes"]) > 1_048_576)
            #expect(try #require(values["process_virtual_memory_bytes"]) > 1_048_576)
            #expect(try #require(values["process_cpu_seconds"]) >= 0)
            #expect(try #require(values["process_threads"]) >= 1)
            #expect(try #require(values["process_open_fds"]) >= 3)
            #expect(try #require(values["process_max_fds"]) >= 64)
            // After 2020: the boot time and the ticks were read as what they are.
            #expect(try #require(values["process_start_time_seconds"]) > 1_577_836_800)
        }

        @Test("a system without such files has no such metrics")
        func noProcess() { #expect(ProcessMetrics.families(proc: "/nowhere").isEmpty) }
    #endif
}
