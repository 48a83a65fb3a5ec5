//===----------------------------------------------------------------------===//
//
// This source file is part of the Moonpool for Swift project
//
// Licensed under the Apache License, Version 2.0
//
//===----------------------------------------------------------------------===//

#if canImport(Glibc)
  import Glibc
  import MoonpoolRuntime
  import Testing

  private let usableSize = unsafeBitCast(
    dlsym(nil, "malloc_usable_size"), to: (@convention(c) (UnsafeMutableRawPointer?) -> Int).self)

  private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var value = (state ^ (state >> 30)) &* 0xbf58_476d_1ce4_e5b9
      value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
      return value ^ (value >> 31)
    }
  }

  /// What a block shows as its size follows from the size that was asked for, not from what the
  /// heap went through before.
  @Suite struct BlockSizeTests {
    /// Allocates and frees blocks of all sizes, so that holes of all sizes lie about.
    private static func churn(_ random: inout SplitMix64) {
      var held: [UnsafeMutableRawPointer?] = []
      for _ in 0..<2_000 {
        let size = Int.random(in: 0..<3_000, using: &random)
        switch UInt8.random(in: 0..<4, using: &random) {
        case 0: held.append(aligned_alloc(64, size))
        case 1: held.append(calloc(1, size))
        case 2: held.append(realloc(malloc(size), size / 2 + 1))
        default: held.append(malloc(size))
        }
      }
      held.shuffle(using: &random)
      for block in held.dropFirst(300) { free(block) }
      for block in held.prefix(300) { free(realloc(block, 700)) }
    }

    private static let requests = Array(0..<1_500) + [61_439, 61_440, 61_441, 65_536, 140_000]

    @Test func `a block's size follows from the request alone`() {
      var random = SplitMix64(state: 1)
      var first: [Int] = []
      for round in 0..<60 {
        Self.churn(&random)
        let blocks = Self.requests.map { malloc($0) }
        let sizes = blocks.map { usableSize($0) }
        for block in blocks { free(block) }
        if round == 0 { first = sizes }
        #expect(sizes == first)
        #expect(zip(Self.requests, sizes).allSatisfy { $0 <= $1 })
      }
    }

    @Test(arguments: [16, 64, 4_096])
    func `an aligned block's size follows from the request alone`(alignment: Int) {
      var random = SplitMix64(state: 2)
      var first: [Int] = []
      for round in 0..<60 {
        Self.churn(&random)
        let blocks = Self.requests.map { size -> UnsafeMutableRawPointer? in
          var block: UnsafeMutableRawPointer?
          return posix_memalign(&block, alignment, size) == 0 ? block : nil
        }
        let sizes = blocks.map { usableSize($0) }
        #expect(blocks.allSatisfy { Int(bitPattern: $0) % alignment == 0 && $0 != nil })
        for block in blocks { free(block) }
        if round == 0 { first = sizes }
        #expect(sizes == first)
        #expect(zip(Self.requests, sizes).allSatisfy { $0 <= $1 })
      }
    }

    @Test func `all of the size that is shown may be used`() {
      var random = SplitMix64(state: 3)
      Self.churn(&random)
      var blocks: [(UnsafeMutableRawPointer, Int, UInt8)] = []
      for request in Self.requests {
        guard let block = malloc(request) else { continue }
        let size = usableSize(block)
        memset(block, Int32(request & 0xff), size)
        blocks.append((block, size, UInt8(request & 0xff)))
      }
      #expect(blocks.count == Self.requests.count)
      for (block, size, byte) in blocks {
        #expect(UnsafeRawBufferPointer(start: block, count: size).allSatisfy { $0 == byte })
        free(block)
      }
    }

    @Test func `bad requests are refused as before`() {
      #expect(malloc(Int.max) == nil)
      #expect(calloc(Int.max, 8) == nil)
      var block: UnsafeMutableRawPointer?
      #expect(posix_memalign(&block, 3, 10) == EINVAL)
      #expect(posix_memalign(&block, 64, Int.max) == ENOMEM)
      #expect(usableSize(nil) == 0)
    }

    @Test func `the capacity of arrays repeats`() {
      var random = SplitMix64(state: 4)
      let capacities = (0..<40).map { _ -> [Int] in
        Self.churn(&random)
        let arrays = (1..<1_500).map { count in
          var array: [UInt8] = []
          array.reserveCapacity(count)
          return array
        }
        return arrays.map(\.capacity)
      }
      #expect(Set(capacities).count == 1)
    }
  }
#endif
