/// The shop's menu, reviews and orders, in memory.
actor Shop {
    struct Coffee {
        var id: Int
        var name: String
        /// In cents.
        var price: Int
        var reviews: [Review] = []
    }

    struct Review {
        /// 1 to 5.
        var stars: Int
        var text: String
    }

    struct Order {
        var id: Int
        var coffeeID: Int
        var quantity: Int
        /// In cents.
        var total: Int
    }

    private var coffees: [Int: Coffee]
    private var orders: [Int: Order] = [:]
    private var lastID: Int

    init() {
        let menu = [("Espresso", 240), ("Flat white", 390), ("Cappuccino", 360), ("Cold brew", 420)]
        coffees = Dictionary(
            uniqueKeysWithValues: menu.enumerated().map { index, item in
                (index + 1, Coffee(id: index + 1, name: item.0, price: item.1))
            })
        lastID = menu.count
    }

    func menu(maximumPrice: Int?) -> [Coffee] {
        coffees.values.filter { $0.price <= maximumPrice ?? .max }.sorted { $0.id < $1.id }
    }

    func coffee(_ id: Int) -> Coffee? { coffees[id] }

    func add(name: String, price: Int) -> Coffee {
        lastID += 1
        let coffee = Coffee(id: lastID, name: name, price: price)
        coffees[lastID] = coffee
        return coffee
    }

    func replace(_ id: Int, name: String, price: Int) -> Coffee? {
        guard var coffee = coffees[id] else { return nil }
        coffee.name = name
        coffee.price = price
        coffees[id] = coffee
        return coffee
    }

    func remove(_ id: Int) -> Bool { coffees.removeValue(forKey: id) != nil }

    func review(_ id: Int, _ review: Review) -> Bool {
        coffees[id]?.reviews.append(review) != nil
    }

    func openOrders() -> [Order] { orders.values.sorted { $0.id < $1.id } }

    func order(_ id: Int) -> Order? { orders[id] }

    /// `nil` if the menu has no such coffee.
    func place(coffeeID: Int, quantity: Int) -> Order? {
        guard let coffee = coffees[coffeeID] else { return nil }
        lastID += 1
        let order = Order(id: lastID, coffeeID: coffeeID, quantity: quantity, total: coffee.price * quantity)
        orders[lastID] = order
        return order
    }

    func cancel(_ id: Int) -> Bool { orders.removeValue(forKey: id) != nil }
}
