import Testing

@testable import GatewayCore

struct ChunkedArrayTests {
    private final class Element: Sendable {
        let number: Int
        init(_ number: Int) { self.number = number }
    }

    @Test("a copy that is changed leaves the original as it was")
    func copies() {
        var array = ChunkedArray<Element>()
        for number in 0..<1000 { array[Int32(number)] = Element(number) }
        let before = array
        array[300] = Element(-1)
        array[301] = nil
        array[5000] = Element(5000)
        #expect(before[300]?.number == 300 && before[301]?.number == 301 && before[5000] == nil)
        #expect(array[300]?.number == -1 && array[301] == nil && array[5000]?.number == 5000)
        #expect(array[299] === before[299])
    }

    @Test("what is outside is nothing")
    func outside() {
        var array = ChunkedArray<Element>()
        #expect(array[0] == nil && array[-1] == nil && array[.max] == nil)
        array[3] = Element(3)
        #expect(array[2] == nil && array[255] == nil && array[256] == nil)
    }

    @Test("elements are let go with the last array that holds them")
    func letsGo() {
        weak var element: Element?
        do {
            var array = ChunkedArray<Element>()
            array[0] = Element(0)
            element = array[0]
            let copy = array
            array[0] = nil
            #expect(element != nil && copy[0] != nil)
        }
        #expect(element == nil)
    }
}
