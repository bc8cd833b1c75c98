extension DecisionRule {
    /// What happened, for people.
    public var explanation: String { texts.explanation }

    /// What to do about it; empty when there is nothing to do.
    public var advice: String { texts.advice }

    private var texts: (explanation: String, advice: String) {
        Self.routing[self] ?? Self.caller[self] ?? Self.rest[self] ?? ("", "")
    }

    private static let routing: [DecisionRule: (explanation: String, advice: String)] = [
        .requestMalformed: (
            "The request does not follow HTTP, or is larger than the gateway takes.",
            "Look at the description in the answer; it names the part of the request."
        ),
        .pathUnsafe: ("The path holds . or .. as a segment.", "Send the path in its normal form."),
        .apiUnknown: (
            "No API is deployed on this gateway under the path.",
            "Compare context and version with the API's, and look whether it is deployed to an environment of this gateway."
        ),
        .resourceUnknown: (
            "The API is there, but none of its operations has the path.", "Look up the paths in the API's definition."
        ),
        .methodNotOffered: (
            "The API has the path, but not with this method.", "Look up the methods of the path in the API's definition."
        ),
        .transportNotOffered: (
            "The API is not offered over this protocol.", "Call with https instead of http, or the other way round."
        ),
        .apiBlocked: ("The API is in the state BLOCKED.", "Its publisher has to publish it again."),
        .apiUnpublished: (
            "The API is deployed but not published: only test keys of its publisher call it.",
            "Its publisher has to publish it, or call it with a test key."
        ),
    ]

    private static let caller: [DecisionRule: (explanation: String, advice: String)] = [
        .credentialMissing: (
            "The request has no credential of a kind that the API accepts.",
            "Send an access token in the header that the answer names, or an API key."
        ),
        .credentialInvalid: ("The credential is not accepted.", "Get a new one and try again."),
        .credentialMalformed: (
            "The credential is no token that can be read: it is cut off, or something else was sent in its place.",
            "Look whether the whole token is sent, without quotes or line breaks."
        ),
        .credentialOfWrongKind: (
            "The credential is of another kind than its header is for, for instance a refresh token in place of an access token.",
            "Send an access token as a bearer token, and API keys in the header for them."
        ),
        .issuerUnknown: (
            "No key manager of the tenant has the issuer that the token names.",
            "Get the token from the tenant whose API you call, or add its issuer as a key manager."
        ),
        .signatureWrong: (
            "The signature does not fit the keys of the token's issuer: the token was changed, or the issuer has other keys now.",
            "Get a new token."
        ),
        .credentialExpired: ("The credential has expired.", "Get a new one."),
        .credentialNotYetValid: (
            "The credential is not valid yet.", "Compare the clocks of the issuer and of the gateway."
        ),
        .credentialRevoked: ("The credential was revoked.", "Get a new one."),
        .keyManagerNotAccepted: (
            "The API does not accept tokens of this key manager.", "Get a token from a key manager that the API lists."
        ),
        .certificateMissing: (
            "The API needs a client certificate, and none that it knows was shown.",
            "Call over https with a certificate that was uploaded for the API."
        ),
        .certificateNotBound: (
            "The token is bound to a client certificate that the request does not show.",
            "Call with the certificate with which the token was obtained."
        ),
        .keyRestricted: (
            "The API key may not be used from this address or page.", "Look up the restrictions of the key."
        ),
        .tooManyFailures: (
            "Too many credentials from this address were refused within a second, so this one was not looked at.",
            "Stop what sends wrong credentials from this address."
        ),
        .credentialNotChecked: (
            "The key manager or user store that has to judge the credential gave no answer, so nobody knows whether it is good.",
            "Look whether the key managers that the API takes tokens of can be reached; the platform's log names the one that is silent."
        ),
        .applicationNotApproved: (
            "The application waits for approval or was rejected.", "Ask the tenant's administrator to approve it."
        ),
        .subscriptionRejected: ("The subscription was rejected.", "Ask the API's publisher why, and subscribe again."),
        .keyOfAnotherAPI: ("The test key was made for another API or version.", "Make a test key for this API."),
        .subscriptionMissing: (
            "The application has no subscription to the API, or the token belongs to no application.",
            "Subscribe the application to the API in the developer portal."
        ),
        .subscriptionBlocked: ("The subscription is blocked.", "Ask the API's publisher to unblock it."),
        .subscriptionInactive: ("The subscription waits for approval.", "Ask the API's publisher to approve it."),
        .tokenTypeNotAccepted: (
            "The operation does not take this type of token.",
            "Use a token of a user in place of an application's, or the other way round."
        ),
        .scopeMissing: (
            "The token has none of the scopes that the operation needs.",
            "Ask for the scope when you get the token; the user needs a role that has it."
        ),
        .keyTypeNotTaken: (
            "The environment of this gateway is for keys of the other type: production or sandbox.",
            "Call a gateway of an environment for keys of this type, or take keys of the other type."
        ),
        .audienceWrong: ("The token is meant for other audiences.", "Get a token for an audience that the API lists."),
    ]

    private static let rest: [DecisionRule: (explanation: String, advice: String)] = [
        .denied: ("A deny policy matches the request.", "The tenant's administrator has to switch the policy off."),
        .apiQuota: quota("the API"), .resourceQuota: quota("the operation"),
        .subscriptionQuota: quota("the subscription's plan"),
        .burstQuota: quota("burst control"), .applicationQuota: quota("the application"), .customRule: quota("a custom rule"),
        .backendQuota: quota("the back end"),
        .policyRefused: (
            "A policy of the API, or the check against its definition, does not let the message pass.",
            "Look at the description in the answer, and at the policies of the API and of the operation."
        ),
        .policyFailed: (
            "A policy of the API could not do its work, or does not let the back end's answer pass.",
            "Look at the description in the answer, and at what the policies of the API and of the operation need."
        ),
        .endpointCredentialMissing: (
            "The gateway could not get its own credential for the back end.",
            "Look at the endpoint's security, and whether the server that gives out its tokens can be reached."
        ),
        .endpointMissing: (
            "The API has no endpoint for keys of this type, or none of its policies has set the destination.",
            "Use keys of the other type, or have the publisher add the endpoint or the policy."
        ),
        .endpointSuspended: (
            "Every endpoint of the API is suspended, because its last calls failed.",
            "Look after the back end; the gateway tries it again by itself."
        ),
        .backendUnreachable: (
            "No connection to the back end could be made.", "Look whether the back end runs and can be reached."
        ),
        .backendTimedOut: ("The back end did not answer in time.", "Look why it is slow, or allow it more time."),
        .backendBroken: ("The back end ended the connection or did not follow HTTP.", "Look into the back end's log."),
        .other: ("The request was refused.", "Look at the description in the answer."),
        .passed: ("The gateway let the request through.", ""),
    ]

    private static func quota(_ whose: String) -> (explanation: String, advice: String) {
        ("The quota of \(whose) is used up for this window.", "Wait until the window ends, or move to a larger plan.")
    }
}
