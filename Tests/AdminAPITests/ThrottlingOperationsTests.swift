import ContractTesting
import Documents
import Testing

@testable import AdminAPI

@Suite("Throttling policies of the admin contract")
struct ThrottlingOperationsTests {
    static let levels = ["application", "subscription", "advanced"]

    @Test("the shipped policies are listed", arguments: zip(levels, [4, 18, 4]))
    func list(level: String, count: Int) async throws {
        let fixture = try await AdminFixture()
        let answer = await fixture.call("GET", "/throttling/policies/\(level)")
        #expect(answer.status == 200)
        #expect(answer.json["count"]?.int == count)
        #expect(answer.json["list"]?.array?.count == count)
    }

    @Test("a policy is created, read, changed and deleted", arguments: levels)
    func lifeCycle(level: String) async throws {
        let fixture = try await AdminFixture()
        let path = "/throttling/policies/\(level)"
        let created = await fixture.call("POST", path, AdminFixture.policy("Mine", ["description": "first"]))
        #expect(created.status == 201)
        let id = try #require(created.json["policyId"]?.string)
        #expect(created.header("location")?.hasSuffix("\(path)/\(id)") == true)
        #expect(created.json["displayName"] == "Mine")
        #expect(await fixture.call("GET", "\(path)/\(id)").json == created.json)
        let changed = await fixture.call("PUT", "\(path)/\(id)", AdminFixture.policy("Mine", ["description": "second"]))
        #expect(changed.status == 200)
        #expect(changed.json["description"] == "second")
        #expect(await fixture.call("DELETE", "\(path)/\(id)").status == 200)
        #expect(await fixture.call("GET", "\(path)/\(id)").status == 404)
    }

    @Test(
        "what is sent comes back",
        arguments: [
            (
                "subscription",
                [
                    "defaultLimit": [
                        "type": "BANDWIDTHLIMIT",
                        "bandwidth": ["timeUnit": "days", "unitTime": 2, "dataAmount": 3, "dataUnit": "MB"],
                    ]
                ]
            ),
            (
                "subscription",
                [
                    "defaultLimit": [
                        "type": "EVENTCOUNTLIMIT", "eventCount": ["timeUnit": "month", "unitTime": 1, "eventCount": 3],
                    ]
                ]
            ),
            (
                "subscription",
                [
                    "defaultLimit": [
                        "type": "AIAPIQUOTALIMIT",
                        "aiApiQuota": ["timeUnit": "min", "unitTime": 1, "requestCount": 3, "totalTokenCount": 9],
                    ]
                ]
            ),
            (
                "subscription",
                [
                    "rateLimitCount": 7, "rateLimitTimeUnit": "sec", "subscriberCount": 2, "stopOnQuotaReach": true,
                    "billingPlan": "COMMERCIAL", "permissions": ["permissionType": "DENY", "roles": ["trial"]],
                    "customAttributes": [["name": "a", "value": "b"]], "graphQLMaxDepth": 4, "graphQLMaxComplexity": 5,
                    "monetization": ["monetizationPlan": "FIXEDRATE", "properties": ["currencyType": "EUR"]],
                ]
            ),
            ("application", ["burstLimit": ["rateLimitCount": 2, "rateLimitTimeUnit": "min"]]),
            (
                "advanced",
                [
                    "conditionalGroups": [
                        [
                            "description": "office",
                            "conditions": [
                                [
                                    "type": "IPCONDITION", "invertCondition": true,
                                    "ipCondition": [
                                        "ipConditionType": "IPRANGE", "startingIP": "10.0.0.1", "endingIP": "10.0.0.9",
                                    ],
                                ],
                                [
                                    "type": "IPCONDITION", "invertCondition": false,
                                    "ipCondition": ["ipConditionType": "IPSPECIFIC", "specificIP": "::1"],
                                ],
                                [
                                    "type": "HEADERCONDITION", "invertCondition": false,
                                    "headerCondition": ["headerName": "A", "headerValue": "^b"],
                                ],
                                [
                                    "type": "QUERYPARAMETERCONDITION", "invertCondition": false,
                                    "queryParameterCondition": ["parameterName": "q", "parameterValue": "1"],
                                ],
                                [
                                    "type": "JWTCLAIMSCONDITION", "invertCondition": false,
                                    "jwtClaimsCondition": ["claimUrl": "sub", "attribute": "x"],
                                ],
                            ],
                            "limit": [
                                "type": "REQUESTCOUNTLIMIT",
                                "requestCount": ["timeUnit": "hour", "unitTime": 1, "requestCount": 1],
                            ],
                        ]
                    ]
                ]
            ),
        ] as [(String, JSONValue)])
    func roundTrip(level: String, members: JSONValue) async throws {
        let fixture = try await AdminFixture()
        let answer = await fixture.call(
            "POST", "/throttling/policies/\(level)", AdminFixture.policy("Mine", members))
        #expect(answer.status == 201)
        for (name, value) in try #require(members.object) { #expect(answer.json[name] == value) }
    }

    @Test(
        "broken policies are refused",
        arguments: [
            ("application", ["policyName": "a b"], 900706), ("application", ["policyName": " "], 900705),
            ("application", ["policyName": "10PerMin"], 409), ("application", ["nonsense": 1], 400),
            ("application", ["defaultLimit": ["type": "REQUESTCOUNTLIMIT"]], 400),
            ("application", ["defaultLimit": ["type": "NONSENSE"]], 400),
            (
                "application",
                [
                    "defaultLimit": [
                        "type": "REQUESTCOUNTLIMIT",
                        "requestCount": ["timeUnit": "fortnight", "unitTime": 1, "requestCount": 5],
                    ]
                ], 400
            ),
            (
                "application",
                [
                    "defaultLimit": [
                        "type": "REQUESTCOUNTLIMIT",
                        "requestCount": ["timeUnit": "min", "unitTime": 1, "requestCount": "many"],
                    ]
                ], 400
            ),
            (
                "application",
                [
                    "defaultLimit": [
                        "type": "BANDWIDTHLIMIT",
                        "bandwidth": ["timeUnit": "min", "unitTime": 1, "dataAmount": 1, "dataUnit": "PB"],
                    ]
                ], 400
            ),
            (
                "application",
                [
                    "defaultLimit": [
                        "type": "EVENTCOUNTLIMIT", "eventCount": ["timeUnit": "min", "unitTime": 1, "eventCount": 5],
                    ]
                ], 900960
            ),
            ("application", ["burstLimit": ["rateLimitCount": 2, "rateLimitTimeUnit": "day"]], 400),
            ("subscription", ["billingPlan": "CHEAP"], 400), ("subscription", ["subscriberCount": -1], 400),
            ("subscription", ["permissions": ["permissionType": "ALLOW", "roles": []]], 900600),
            (
                "advanced",
                [
                    "conditionalGroups": [
                        [
                            "conditions": [],
                            "limit": [
                                "type": "REQUESTCOUNTLIMIT",
                                "requestCount": ["timeUnit": "min", "unitTime": 1, "requestCount": 5],
                            ],
                        ]
                    ]
                ], 900975
            ),
            (
                "advanced",
                [
                    "conditionalGroups": [
                        [
                            "conditions": [
                                [
                                    "type": "IPCONDITION",
                                    "ipCondition": ["ipConditionType": "IPSPECIFIC", "specificIP": "999.1.1.1"],
                                ]
                            ],
                            "limit": [
                                "type": "REQUESTCOUNTLIMIT",
                                "requestCount": ["timeUnit": "min", "unitTime": 1, "requestCount": 5],
                            ],
                        ]
                    ]
                ], 900975
            ),
            (
                "advanced",
                [
                    "conditionalGroups": [
                        [
                            "conditions": [["type": "HEADERCONDITION"]],
                            "limit": [
                                "type": "REQUESTCOUNTLIMIT",
                                "requestCount": ["timeUnit": "min", "unitTime": 1, "requestCount": 5],
                            ],
                        ]
                    ]
                ], 900975
            ),
        ] as [(String, JSONValue, Int)])
    func broken(level: String, members: JSONValue, code: Int) async throws {
        let fixture = try await AdminFixture()
        let answer = await fixture.client.post(
            "\(AdminFixture.base)/throttling/policies/\(level)", json: AdminFixture.policy("Mine", members))
        #expect(answer.status == (code == 409 ? 409 : 400))
        #expect(answer.code == code)
        #expect(answer.json["description"]?.string?.isEmpty == false)
    }

    @Test("a missing quota object is named")
    func missingQuota() async throws {
        let fixture = try await AdminFixture()
        let answer = await fixture.call(
            "POST", "/throttling/policies/application",
            AdminFixture.policy("Mine", ["defaultLimit": ["type": "BANDWIDTHLIMIT"]]))
        #expect(answer.json["description"] == "bandwidth object corresponding to type BANDWIDTHLIMIT not provided")
    }

    @Test("who may only look, and other tenants, change nothing")
    func foreign() async throws {
        let fixture = try await AdminFixture()
        let path = "/throttling/policies/application"
        let id = try #require(await fixture.call("POST", path, AdminFixture.policy("Mine")).json["policyId"]?.string)
        #expect(await fixture.call("GET", "\(path)/\(id)", as: "viewer").status == 200)
        #expect(await fixture.call("POST", path, AdminFixture.policy("Other"), as: "viewer").status == 403)
        #expect(await fixture.call("DELETE", "\(path)/\(id)", as: "viewer").status == 403)
        for method in ["GET", "DELETE"] { #expect(await fixture.call(method, "\(path)/\(id)", as: "other").status == 404) }
        #expect(await fixture.call("PUT", "\(path)/\(id)", AdminFixture.policy("Mine"), as: "other").status == 404)
        #expect(await fixture.call("GET", path, as: "nobody").status == 401)
    }

    @Test(
        "a search finds by level",
        arguments: zip(["", "type:all", "type:app", "type:sub", "type:api", "type:global"], [26, 26, 4, 18, 4, 0]))
    func search(query: String, count: Int) async throws {
        let fixture = try await AdminFixture()
        let answer = await fixture.call("GET", "/throttling/policies/search?query=\(query)")
        #expect(answer.json["count"]?.int == count)
    }

    @Test("an exported policy can be imported elsewhere, and over itself only when asked to")
    func transfer() async throws {
        let fixture = try await AdminFixture()
        _ = await fixture.call("POST", "/throttling/policies/subscription", AdminFixture.policy("Mine"))
        let exported = await fixture.call("GET", "/throttling/policies/export?type=sub&name=Mine")
        #expect(exported.json["subtype"] == "subscription policy")
        #expect(exported.json["data"]?["policyName"] == "Mine")
        let field = TestField("file", bytes: exported.json.serialized(), fileName: "policy.json")
        func imported(_ query: String, as name: String) async -> Int {
            await fixture.client.with(authorization: "Bearer \(name)")
                .multipart("POST", "\(AdminFixture.base)/throttling/policies/import\(query)", [field]).status
        }
        #expect(await imported("", as: "other") == 200)
        #expect(await imported("", as: "admin") == 409)
        #expect(await imported("?overwrite=true", as: "admin") == 200)
        #expect(await fixture.call("GET", "/throttling/policies/export?type=sub&name=Missing").code == 903005)
    }

    @Test("a policy is imported from YAML, the form in which command-line tools keep it")
    func importOfYAML() async throws {
        let fixture = try await AdminFixture()
        let text = """
            type: throttling policy
            subtype: application policy
            version: v4.6.0
            data:
              policyName: FromYAML
              defaultLimit:
                type: REQUESTCOUNTLIMIT
                requestCount: {requestCount: 3, unitTime: 1, timeUnit: min}
            """
        let answer = await fixture.client.multipart(
            "POST", "\(AdminFixture.base)/throttling/policies/import", [TestField("file", text, fileName: "policy.yaml")])
        #expect(answer.status == 200)
        let exported = await fixture.call("GET", "/throttling/policies/export?type=app&name=FromYAML")
        #expect(exported.json["data"]?["defaultLimit"]?["requestCount"]?["requestCount"] == 3)
    }

    @Test(
        "a file that is no policy is refused",
        arguments: [
            "", "nonsense", "{}", "[]", #"{"subtype":"other"}"#, #"{"subtype":"application policy"}"#,
            #"{"subtype":"application policy","data":{"policyName":"A","defaultLimit":{"type":"REQUESTCOUNTLIMIT","requestCount":{}}}}"#,
            "subtype: [", "subtype: application policy\ndata: text",
        ])
    func brokenImport(text: String) async throws {
        let fixture = try await AdminFixture()
        let answer = await fixture.client.multipart(
            "POST", "\(AdminFixture.base)/throttling/policies/import", [TestField("file", text, fileName: "policy.json")])
        #expect(answer.status == 400)
    }
}
