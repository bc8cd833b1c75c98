extension Exchange {
    /// Makes the object that of a new request, keeping the memory of its arrays.
    func reset() {
        snapshot = nil
        api = -1
        operation = -1
        application = -1
        subscription = -1
        keyType = .production
        upstream = nil
        suffix = .empty
        removedQuery = .empty
        removedFields = 0
        addedRequestLines.removeAll(keepingCapacity: true)
        addedResponseLines.removeAll(keepingCapacity: true)
        if answer.status != 0 { answer.reset() }
        requestID.removeAll(keepingCapacity: true)
        times = ExchangeTimes()
        status = 0
        upstreamStatus = -1
        errorCode = 0
        requestBodyBytes = 0
        responseBodyBytes = 0
        attempts = 0
    }
}
