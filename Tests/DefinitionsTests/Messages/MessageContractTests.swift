import Documents
import Testing

@testable import Definitions

@Suite("Messages against a definition")
struct MessageContractTests {
    private static let document: JSONValue = [
        "openapi": "3.0.1",
        "paths": [
            "/orders/{id}": [
                "parameters": [["name": "id", "in": "path", "required": true, "schema": ["type": "integer", "minimum": 1]]],
                "get": [
                    "parameters": [
                        ["$ref": "#/components/parameters/Limit"],
                        [
                            "name": "tag", "in": "query",
                            "schema": ["type": "array", "maxItems": 2, "items": ["enum": ["a", "b"]]],
                        ],
                        [
                            "name": "ids", "in": "query", "explode": false,
                            "schema": ["type": "array", "items": ["type": "integer"]],
                        ],
                        [
                            "name": "range", "in": "query", "style": "deepObject",
                            "schema": [
                                "type": "object", "properties": ["from": ["type": "integer"], "to": ["type": "integer"]],
                            ],
                        ],
                        [
                            "name": "filter", "in": "query",
                            "content": [
                                "application/json": [
                                    "schema": [
                                        "type": "object", "required": ["size"],
                                    ]
                                ]
                            ],
                        ],
                        ["name": "X-Season", "in": "header", "required": true, "schema": ["enum": ["spring", "autumn"]]],
                        ["name": "theme", "in": "cookie", "schema": ["type": "boolean"]],
                        ["name": "Authorization", "in": "header", "required": true, "schema": ["type": "string"]],
                    ],
                    "responses": [
                        "200": [
                            "headers": ["X-Total": ["required": true, "schema": ["type": "integer"]]],
                            "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Order"]]],
                        ],
                        "4XX": ["description": "wrong"],
                    ],
                ],
                "put": [
                    "requestBody": ["$ref": "#/components/requestBodies/Order"],
                    "responses": ["default": ["description": "any"]],
                ],
                "post": [
                    "requestBody": [
                        "content": [
                            "application/x-www-form-urlencoded": [
                                "schema": [
                                    "type": "object", "required": ["amount"],
                                    "properties": ["amount": ["type": "integer"], "tags": ["type": "array"]],
                                ]
                            ],
                            "image/*": [:],
                        ]
                    ],
                    "responses": [:],
                ],
            ]
        ],
        "components": [
            "parameters": ["Limit": ["name": "limit", "in": "query", "schema": ["type": "integer", "maximum": 50]]],
            "requestBodies": [
                "Order": [
                    "required": true,
                    "content": [
                        "application/json": [
                            "schema": [
                                "$ref": "#/components/schemas/Order"
                            ]
                        ]
                    ],
                ]
            ],
            "schemas": [
                "Order": [
                    "type": "object", "required": ["dish", "number", "secret"], "additionalProperties": false,
                    "properties": [
                        "dish": ["type": "string", "maxLength": 5], "number": ["type": "integer", "readOnly": true],
                        "secret": ["type": "string", "writeOnly": true],
                        "parts": [
                            "type": "array",
                            "items": [
                                "$ref": "#/components/schemas/Order"
                            ],
                        ],
                    ],
                ]
            ],
        ],
    ]

    private func operation(_ verb: String) throws -> OperationContract {
        try #require(try MessageContract(Self.document)[verb, "/orders/{id}"])
    }

    private func findings(
        path: String = "7", query: [(String, String)] = [], headers: [String: String] = ["X-Season": "spring"]
    ) throws -> [String] {
        try operation("GET").findings(
            in: MessageParameters(
                path: ["id": path], query: query.map { (name: $0.0, value: $0.1) }, header: { headers[$0] }))
    }

    @Test("parameters that keep to the definition are taken, in every style")
    func goodParameters() throws {
        #expect(try findings().isEmpty)
        #expect(
            try findings(query: [
                ("limit", "50"), ("tag", "a"), ("tag", "b"), ("ids", "1,2,3"), ("range[from]", "1"), ("range[to]", "2"),
                ("filter", #"{"size":1}"#), ("unknown", "x"),
            ]).isEmpty)
        #expect(try findings(headers: ["X-Season": "autumn", "Cookie": "a=b; theme=true"]).isEmpty)
    }

    @Test(
        "parameters that break it are named",
        arguments: [
            ("limit", "51", "the query parameter 'limit' must be at most 50"),
            ("limit", "many", "the query parameter 'limit' must be an integer, not a string"),
            ("tag", "c", "the query parameter 'tag': '[0]' must be one of \"a\", \"b\""),
            ("ids", "1,x", "the query parameter 'ids': '[1]' must be an integer, not a string"),
            ("range[from]", "x", "the query parameter 'range': 'from' must be an integer, not a string"),
            ("filter", "{}", "the query parameter 'filter': 'size' is required"),
            ("filter", "{", "the query parameter 'filter' must be an object, not a string"),
        ])
    func badQuery(_ name: String, _ value: String, _ expected: String) throws {
        #expect(try findings(query: [(name, value)]) == [expected])
    }

    @Test("path, fields and cookies count too, and what other parts of a definition describe does not")
    func badElsewhere() throws {
        #expect(try findings(path: "0") == ["the path parameter 'id' must be at least 1"])
        #expect(try findings(headers: [:]) == ["the header parameter 'X-Season' is required"])
        #expect(
            try findings(headers: ["X-Season": "spring", "Cookie": "theme=dark"])
                == ["the cookie parameter 'theme' must be a boolean, not a string"])
        #expect(
            try operation("GET").ignoring(["x-season"]).findings(
                in: MessageParameters(path: ["id": "1"], header: { _ in nil })
            ).isEmpty)
    }

    private func body(_ expectation: BodyExpectation, _ text: String) -> [String] {
        switch expectation {
        case .anything: []
        case .otherType(let sentence, _): [sentence]
        case .checked(let schema): schema.findings(in: Array(text.utf8))
        }
    }

    @Test(
        "bodies of requests",
        arguments: [
            ("application/json", #"{"dish":"pizza","secret":"x"}"#, []),
            ("application/json; charset=utf-8", #"{"dish":"pizza","secret":"x","parts":[{"dish":"a","secret":""}]}"#, []),
            ("application/json", #"{"dish":"lasagne","secret":"x"}"#, ["the body: 'dish' must have at most 5 characters"]),
            ("application/json", #"{"dish":"a","secret":"x","more":1}"#, ["the body: Unrecognized property 'more'"]),
            ("application/json", #"{"dish":"a"}"#, ["the body: 'secret' is required"]),
            ("application/json", "[]", ["the body must be an object, not an array"]),
            ("application/json", "", ["the body is required"]),
            ("text/plain", "x", ["the content type text/plain is not expected; one of application/json is"]),
            ("", "x", ["the content type is missing; one of application/json is"]),
        ] as [(String, String, [String])])
    func requestBodies(_ type: String, _ text: String, _ expected: [String]) throws {
        #expect(body(try operation("PUT").requestBody(ofType: type), text) == expected)
    }

    @Test("what is no JSON is told with its place")
    func malformed() throws {
        let findings = body(try operation("PUT").requestBody(ofType: "application/json"), #"{"dish":}"#)
        #expect(findings.count == 1 && findings[0].hasPrefix("the body is not JSON: line 1, column 9"))
    }

    @Test("forms have numbers and lists as text, and ranges of media types take any body")
    func forms() throws {
        let form = try operation("POST").requestBody(ofType: "application/x-www-form-urlencoded")
        #expect(body(form, "amount=3&tags=a").isEmpty)
        #expect(body(form, "amount=3&tags=a&tags=b+c%21").isEmpty)
        #expect(body(form, "amount=three") == ["the body: 'amount' must be an integer, not a string"])
        #expect(body(form, "tags=a") == ["the body: 'amount' is required"])
        #expect(body(try operation("POST").requestBody(ofType: "image/png"), "\u{1}").isEmpty)
        #expect(body(try operation("GET").requestBody(ofType: "text/plain"), "x").isEmpty)
    }

    @Test("answers are checked by their status")
    func answers() throws {
        let operation = try operation("GET")
        let good = operation.response(status: 200)
        #expect(good.findings(in: MessageParameters { _ in "3" }).isEmpty)
        #expect(good.findings(in: MessageParameters { _ in nil }) == ["the header parameter 'X-Total' is required"])
        #expect(body(good.body(ofType: "application/json"), #"{"dish":"a","number":1}"#).isEmpty)
        #expect(body(good.body(ofType: "application/json"), #"{"dish":"a"}"#) == ["the body: 'number' is required"])
        #expect(
            body(good.body(ofType: "text/html"), "") == [
                "the content type text/html is not expected; one of application/json is"
            ])
        #expect(operation.response(status: 404).findings(in: MessageParameters { _ in nil }).isEmpty)
        #expect(operation.response(status: 503).findings(in: MessageParameters { _ in nil }).isEmpty)
        #expect(
            operation.response(status: 201).findings(in: MessageParameters { _ in nil }) == ["the status 201 is not declared"])
    }

    @Test("documents of version 2.0 are taken")
    func version2() throws {
        let contract = try MessageContract([
            "swagger": "2.0",
            "paths": [
                "/a": [
                    "post": [
                        "consumes": ["application/json"],
                        "parameters": [
                            ["name": "limit", "in": "query", "type": "integer", "required": true],
                            ["name": "body", "in": "body", "schema": ["$ref": "#/definitions/A"]],
                        ],
                        "responses": ["200": ["description": "good"]],
                    ]
                ]
            ], "definitions": ["A": ["type": "object"]],
        ])
        let operation = try #require(contract["post", "/a"])
        #expect(operation.findings(in: MessageParameters { _ in nil }) == ["the query parameter 'limit' is required"])
        #expect(body(operation.requestBody(ofType: "application/json"), "1") == ["the body must be an object, not a number"])
    }

    @Test("schemas that cannot be used are refused with their place")
    func unusable() {
        let document: JSONValue = [
            "openapi": "3.0.1",
            "paths": ["/a": ["get": ["parameters": [["name": "a", "in": "query", "schema": ["$ref": "#/nowhere"]]]]]],
        ]
        #expect(throws: SchemaError.self) { try MessageContract(document) }
        #expect(throws: SchemaError.self) {
            try MessageContract(["openapi": "3.0.1", "paths": ["/a": ["$ref": "#/paths/~1b"], "/b": ["$ref": "#/paths/~1a"]]])
        }
    }
}
