import ArgumentParser
import Hummingbird

/// The sample backend that `make run` puts behind the gateway.
@main
struct CoffeeShop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coffee-shop", abstract: "A small REST service to try the platform with.")

    @Option(help: "The port on 127.0.0.1 to listen on.")
    var port = 9090

    func run() async throws {
        let router = Router()
        ShopRoutes(shop: Shop()).register(on: router)
        let application = Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: port), serverName: "coffee-shop"))
        try await application.runService()
    }
}
