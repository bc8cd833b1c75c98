import Documents
import SharedCounters

extension SharedCounterStatus.Report {
    /// Without the store the gateway counts alone, which is no reason to take it out of service: `status` above stays as it is.
    var json: JSONValue {
        var json: JSONValue = ["status": isConnected ? "UP" : "DOWN", "counts": isConnected ? "SHARED" : "ALONE"]
        json["reason"] = isConnected ? nil : lastFailure.map { JSONValue($0) }
        return json
    }
}
