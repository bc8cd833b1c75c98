import Glibc

/// The functions of PostgreSQL's client library that the driver calls.
///
/// The library is loaded when the first PostgreSQL store opens, so that the program also starts where it is not installed. Handles are
/// opaque pointers; status numbers are those of `libpq-fe.h`, which are part of the library's binary interface.
struct LibPQ: Sendable {
    typealias Text = UnsafePointer<CChar>

    let connect: @convention(c) (UnsafePointer<Text?>, UnsafePointer<Text?>, Int32) -> OpaquePointer?
    let status: @convention(c) (OpaquePointer) -> Int32
    let errorMessage: @convention(c) (OpaquePointer) -> Text?
    let finish: @convention(c) (OpaquePointer) -> Void
    let execute: @convention(c) (OpaquePointer, Text) -> OpaquePointer?
    let prepare: @convention(c) (OpaquePointer, Text, Text, Int32, UnsafePointer<UInt32>?) -> OpaquePointer?
    let executePrepared:
        @convention(c) (
            OpaquePointer, Text, Int32, UnsafePointer<Text?>?, UnsafePointer<Int32>?, UnsafePointer<Int32>?, Int32
        ) -> OpaquePointer?
    let socket: @convention(c) (OpaquePointer) -> Int32
    let consumeInput: @convention(c) (OpaquePointer) -> Int32
    let notification: @convention(c) (OpaquePointer) -> UnsafeMutableRawPointer?
    let free: @convention(c) (UnsafeMutableRawPointer) -> Void

    let resultStatus: @convention(c) (OpaquePointer?) -> Int32
    let resultErrorField: @convention(c) (OpaquePointer?, Int32) -> Text?
    let resultErrorMessage: @convention(c) (OpaquePointer?) -> Text?
    let clear: @convention(c) (OpaquePointer?) -> Void
    let affectedRows: @convention(c) (OpaquePointer) -> Text?
    let commandTag: @convention(c) (OpaquePointer) -> Text?
    let rowCount: @convention(c) (OpaquePointer) -> Int32
    let columnCount: @convention(c) (OpaquePointer) -> Int32
    let columnName: @convention(c) (OpaquePointer, Int32) -> Text?
    let columnType: @convention(c) (OpaquePointer, Int32) -> UInt32
    let isNull: @convention(c) (OpaquePointer, Int32, Int32) -> Int32
    let value: @convention(c) (OpaquePointer, Int32, Int32) -> UnsafePointer<UInt8>?
    let length: @convention(c) (OpaquePointer, Int32, Int32) -> Int32

    /// `CONNECTION_OK`.
    static let connectionOK: Int32 = 0
    /// `PGRES_COMMAND_OK` and `PGRES_TUPLES_OK`.
    static let success: ClosedRange<Int32> = 1...2
    /// `PG_DIAG_SQLSTATE`.
    static let sqlState = Int32(UInt8(ascii: "C"))

    /// The library, or an error that names the package to install.
    static func load() throws -> LibPQ { try loaded.get() }

    private static let loaded = Result { try LibPQ() }

    private init() throws {
        guard let library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL) else {
            throw StorageError.unavailable(
                message: "PostgreSQL's client library libpq.so.5 is not installed; on Debian it is in the package libpq5")
        }
        func symbol<Function>(_ name: String) throws -> Function {
            guard let address = dlsym(library, name) else {
                throw StorageError.unavailable(message: "PostgreSQL's client library has no function \(name)")
            }
            // A C function pointer has the size of an address; the signatures above are those of libpq-fe.h.
            return unsafeBitCast(address, to: Function.self)
        }
        connect = try symbol("PQconnectdbParams")
        status = try symbol("PQstatus")
        errorMessage = try symbol("PQerrorMessage")
        finish = try symbol("PQfinish")
        execute = try symbol("PQexec")
        prepare = try symbol("PQprepare")
        executePrepared = try symbol("PQexecPrepared")
        socket = try symbol("PQsocket")
        consumeInput = try symbol("PQconsumeInput")
        notification = try symbol("PQnotifies")
        free = try symbol("PQfreemem")
        resultStatus = try symbol("PQresultStatus")
        resultErrorField = try symbol("PQresultErrorField")
        resultErrorMessage = try symbol("PQresultErrorMessage")
        clear = try symbol("PQclear")
        affectedRows = try symbol("PQcmdTuples")
        commandTag = try symbol("PQcmdStatus")
        rowCount = try symbol("PQntuples")
        columnCount = try symbol("PQnfields")
        columnName = try symbol("PQfname")
        columnType = try symbol("PQftype")
        isNull = try symbol("PQgetisnull")
        value = try symbol("PQgetvalue")
        length = try symbol("PQgetlength")
    }
}
