import Platform

@main
enum Main {
    static func main() async {
        await MartletCommand.main()
    }
}
