/// The words of the protocol between a control plane and its gateways (`docs/gateways.md`, "The feed").
public enum FeedProtocol {
    /// Version of the lines and of the entities' JSON. It grows when an older gateway would misread a line; members that an older one
    /// may ignore do not change it.
    public static let schema = 1
    public static let feedPath = "/internal/gateway/v1/feed"
    public static let reportPath = "/internal/gateway/v1/reports"
    /// Below it lie the questions that gateways ask about credentials.
    public static let credentialsPath = "/internal/gateway/v1/credentials"
    public static let contentType = "application/x-ndjson"
    /// A stream without changes carries an empty line this often, so that both ends notice when the other is gone.
    public static let keepAliveSeconds = 10
    /// A gateway that hears nothing for this long connects anew.
    public static let silenceSeconds = 35

    /// Tokens that one report names at most.
    public static let spentTokenLimit = 100

    /// Names of the query's parameters.
    public enum Parameter {
        public static let gateway = "gateway"
        /// Comma-separated.
        public static let environments = "environments"
        /// Comma-separated domains; absent for all.
        public static let tenants = "tenants"
        public static let schema = "schema"
        public static let version = "version"
        public static let host = "host"
        public static let startedAt = "startedAt"
        /// Sequence and mark of the last change that the gateway has; both absent ask for everything.
        public static let after = "after"
        public static let mark = "mark"
    }

    /// Names of the members of lines and reports.
    public enum Member {
        /// The first line of a stream.
        public static let feed = "feed"
        public static let session = "session"
        /// Whether everything follows, or changes only.
        public static let isComplete = "complete"
        public static let heartbeatSeconds = "heartbeatSeconds"
        /// A line with an entity: its kind.
        public static let put = "put"
        public static let remove = "remove"
        public static let key = "key"
        public static let value = "value"
        /// A line that ends a step: what came before belongs together.
        public static let sequence = "sequence"
        public static let mark = "mark"
        public static let acknowledged = "acknowledged"
        public static let failures = "failures"
        public static let message = "message"
        public static let decisions = "decisions"
        /// A line with a question: its number.
        public static let ask = "ask"
        /// A question's list of quota counters, each like a ``CounterName``.
        public static let counters = "counters"
        /// A report's answer to a question: `ask` and `value`.
        public static let answer = "answer"
        /// Of reports: tokens that were used up at the gateway.
        public static let spentTokens = "spentTokens"
        public static let tenantDomain = "tenantDomain"
        public static let expires = "expires"
    }
}
