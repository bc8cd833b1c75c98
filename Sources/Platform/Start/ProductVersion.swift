/// The version of the program, as gateways tell it to their control plane.
enum ProductVersion {
    static let text = "0.1.0"
}
