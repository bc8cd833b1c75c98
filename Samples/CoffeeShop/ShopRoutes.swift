import Documents
import HTTPTypes
import Hummingbird
import NIOCore

/// The shop's REST interface, as `openapi.yaml` beside this file describes it.
struct ShopRoutes {
    let shop: Shop

    func register(on router: Router<BasicRequestContext>) {
        registerCoffees(on: router.group("coffees"))
        registerReviews(on: router.group("coffees/:coffeeId/reviews"))
        registerOrders(on: router.group("orders"))
        router.get("opening-hours") { _, _ in
            json(["monday-friday": "07:00-18:00", "saturday": "08:00-16:00", "sunday": "closed"])
        }
    }

    private func registerCoffees(on group: RouterGroup<BasicRequestContext>) {
        group.get { request, _ in
            let maximumPrice = request.uri.queryParameters["maximumPrice"].flatMap { Int($0) }
            return json(.array(await shop.menu(maximumPrice: maximumPrice).map(\.json)))
        }
        group.post { request, _ in
            let body = try await document(of: request)
            let (name, price) = try coffeeMembers(of: body)
            return json(await shop.add(name: name, price: price).json, status: .created)
        }
        group.get(":coffeeId") { _, context in
            json(try found(await shop.coffee(id("coffeeId", context)), "coffee").json)
        }
        group.put(":coffeeId") { request, context in
            let (name, price) = try coffeeMembers(of: try await document(of: request))
            return json(try found(await shop.replace(id("coffeeId", context), name: name, price: price), "coffee").json)
        }
        group.delete(":coffeeId") { _, context in
            guard await shop.remove(try id("coffeeId", context)) else { throw Problem.unknown("coffee") }
            return Response(status: .noContent)
        }
    }

    private func registerReviews(on group: RouterGroup<BasicRequestContext>) {
        group.get { _, context in
            let coffee = try found(await shop.coffee(id("coffeeId", context)), "coffee")
            return json(.array(coffee.reviews.map(\.json)))
        }
        group.post { request, context in
            let body = try await document(of: request)
            guard let stars = body["stars"]?.int, (1...5).contains(stars) else {
                throw Problem.invalid("stars has to be a number from 1 to 5")
            }
            let review = Shop.Review(stars: stars, text: body["text"]?.string ?? "")
            guard await shop.review(try id("coffeeId", context), review) else { throw Problem.unknown("coffee") }
            return json(review.json, status: .created)
        }
    }

    private func registerOrders(on group: RouterGroup<BasicRequestContext>) {
        group.get { _, _ in json(.array(await shop.openOrders().map(\.json))) }
        group.post { request, _ in
            let body = try await document(of: request)
            guard let coffeeID = body["coffeeId"]?.int else { throw Problem.invalid("coffeeId has to be a number") }
            let quantity = body["quantity"]?.int ?? 1
            guard (1...1000).contains(quantity) else { throw Problem.invalid("quantity has to be from 1 to 1000") }
            let order = try found(await shop.place(coffeeID: coffeeID, quantity: quantity), "coffee")
            return json(order.json, status: .created)
        }
        group.get(":orderId") { _, context in
            json(try found(await shop.order(id("orderId", context)), "order").json)
        }
        group.delete(":orderId") { _, context in
            guard await shop.cancel(try id("orderId", context)) else { throw Problem.unknown("order") }
            return Response(status: .noContent)
        }
    }
}

/// What is wrong with a request to the shop.
enum Problem: HTTPResponseError {
    case invalid(String)
    case unknown(String)

    var status: HTTPResponse.Status {
        switch self {
        case .invalid: .badRequest
        case .unknown: .notFound
        }
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        switch self {
        case .invalid(let reason): json(["message": JSONValue(reason)], status: status)
        case .unknown(let kind): json(["message": JSONValue("there is no such \(kind)")], status: status)
        }
    }
}

private func id(_ name: String, _ context: BasicRequestContext) throws -> Int {
    guard let id = context.parameters.get(name, as: Int.self) else { throw Problem.invalid("\(name) has to be a number") }
    return id
}

private func found<Value>(_ value: Value?, _ kind: String) throws -> Value {
    guard let value else { throw Problem.unknown(kind) }
    return value
}

private func document(of request: Request) async throws -> JSONValue {
    let buffer = try await request.body.collect(upTo: 64 * 1024)
    do {
        return try JSONValue.parse(Array(buffer.readableBytesView))
    } catch {
        throw Problem.invalid("the body has to be a JSON document")
    }
}

private func coffeeMembers(of body: JSONValue) throws -> (name: String, price: Int) {
    guard let name = body["name"]?.string, !name.isEmpty else { throw Problem.invalid("name has to be a text") }
    guard let price = body["price"]?.int, (0...100_000).contains(price) else {
        throw Problem.invalid("price has to be a number of cents up to 100000")
    }
    return (name, price)
}

private func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
    Response(
        status: status, headers: [.contentType: "application/json"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.serialized())))
}

extension Shop.Coffee {
    var json: JSONValue { ["id": JSONValue(id), "name": JSONValue(name), "price": JSONValue(price)] }
}

extension Shop.Review {
    var json: JSONValue { ["stars": JSONValue(stars), "text": JSONValue(text)] }
}

extension Shop.Order {
    var json: JSONValue {
        ["id": JSONValue(id), "coffeeId": JSONValue(coffeeID), "quantity": JSONValue(quantity), "total": JSONValue(total)]
    }
}
