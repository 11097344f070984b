import Testing

@testable import Copying

@Suite struct PartitionSetTests {
  @Test(
    arguments: [
      ("7", [7], "7"), ("0", [0], "0"), ("0-3,40", [0, 1, 2, 3, 40], "0-3,40"), ("5,1,5,0-1", [0, 1, 5], "0-1,5"),
      (" 2 - 4 , 9 ", [2, 3, 4, 9], "2-4,9"), ("3-3", [3], "3"), ("1,2,3", [1, 2, 3], "1-3"),
      ("1048575", [1_048_575], "1048575"),
    ] as [(String, [Int32], String)])
  func namesPartitions(_ text: String, _ numbers: [Int32], _ description: String) throws {
    let set = try PartitionSet(text)
    #expect(set.numbers == numbers)
    #expect(set.description == description)
    #expect(try PartitionSet(set.description) == set)
  }

  @Test(arguments: [
    ("5-3", "5-3 runs backwards"), ("x", "not 'x'"), ("", "not ''"), ("1,,2", "not ''"), ("1,", "not ''"),
    ("-1", "below 0"), ("1,-4", "below 0"), ("3-", "not '3-'"), ("1-2-3", "not '1-2-3'"), ("1.5", "not '1.5'"),
    ("010", "not '010'"), ("+3", "not '+3'"), ("1048576", "no more than 1048576"),
    ("0-99999999999999999999", "no partition 99999999999999999999"), ("٣", "not '٣'"),
  ])
  func refusesWhatNamesNone(_ text: String, _ reason: String) {
    do {
      let set = try PartitionSet(text)
      Issue.record("\(text) gave \(set)")
    } catch {
      #expect(error.description.contains(reason))
    }
  }
}
