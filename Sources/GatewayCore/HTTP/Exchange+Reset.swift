extension Exchange {
    /// Makes the object that of a new request, keeping the memory of its arrays.
    func reset() {
        api = -1
        operation = -1
        application = -1
        apiIdentity = -1
        verb = nil
        keyType = .production
        suffix = .empty
        removesKeyParameters = false
        removedFields = 0
        addedRequestLines.removeAll()
        credentialLines = 0..<0
        challengesLeft = 0
        addedResponseLines.removeAll()
        if answer.status != 0 { answer.reset() }
        requestID.removeAll()
        times = ExchangeTimes()
        status = 0
        upstreamStatus = -1
        errorCode = 0
        requestBodyBytes = 0
        responseBodyBytes = 0
        attempts = 0
        stage = .match
        // Nearly always it has been let go with the end of the request before.
        if snapshot != nil { letGo() }
    }

    /// Lets go of everything that another object shares or that may be large.
    func letGo() {
        snapshot = nil
        upstream = nil
        credential = nil
        subscription = nil
        // Letting go of nothing costs a call each time.
        if errand != nil { errand = nil }
        if unjudged != nil { unjudged = nil }
        watchesResponse = false
        policyPosition = 0
        if record != nil { record = nil }
        if trace != nil { trace = nil }
        if requestDraft != nil {
            requestDraft = nil
            // Only policies, which have made the draft, leave notes.
            if !policyNotes.isEmpty { policyNotes = [:] }
        }
        if responseDraft != nil { responseDraft = nil }
        if requestBody != nil { requestBody = nil }
        if caching != nil { caching = nil }
        if plainTarget != nil { plainTarget = nil }
        cacheMarks = []
        if responseBody != nil { responseBody = nil }
    }
}
