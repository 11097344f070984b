import Bytes
import PegasusProtocol
import Thrift

/// Compares a decoded message with the JSON that says what it should hold. Answers the path of the first difference,
/// nil when there is none.
func difference(_ value: Any, _ json: JSON, at path: String = "") -> String? {
  let expected = "\(path): \(value) is not \(json)"
  switch value {
  case let value as Bool: return json == .bool(value) ? nil : expected
  case let value as Int8: return json == .number(Int64(value)) ? nil : expected
  case let value as Int32: return json == .number(Int64(value)) ? nil : expected
  case let value as Int64: return json == .number(value) ? nil : expected
  case let value as String: return textDifference([UInt8](value.utf8), json) ? expected : nil
  // An empty list casts to an empty blob: JSON tells them apart.
  case let value as [UInt8] where json.list.isEmpty && json != .list([]):
    return textDifference(value, json) ? expected : nil
  case let value as PegasusKey: return textDifference(value.encoded, json) ? expected : nil
  case let value as HashKeyRequest: return textDifference(value.hashKey, json) ? expected : nil
  case let value as ScanContext: return json == .number(value.id) ? nil : expected
  case let value as GPID: return json == .text(value.description) ? nil : expected
  case let value as RPCAddress:
    let isSame = json == .text(value.description) || json == .text("\(value.description)/1")
    return isSame ? nil : expected
  case let value as HostPort:
    let isSame = json == .text(value.description) || json == .text("\(value.description)/1")
    return isSame ? nil : expected
  case let value as ErrorCode: return json == .text(value.name) ? nil : expected
  case let value as TaskCode: return json == .text(value.name) ? nil : expected
  case let value as StorageStatus: return json == .number(Int64(value.rawValue)) ? nil : expected
  case let value as any ThriftEnumeration:
    return json == .text(value.name) || json == .number(Int64(value.rawValue)) ? nil : expected
  default: return structuralDifference(value, json, at: path)
  }
}

/// Bytes are text, `{"hex": …}`, or too long to be there in full.
private func textDifference(_ bytes: [UInt8], _ json: JSON) -> Bool {
  if let text = json.text {
    // Paths of the machine the vectors were made on.
    if text.hasPrefix("<"), let end = text.firstIndex(of: ">") {
      return !String(decoding: bytes, as: UTF8.self).hasSuffix(text[text.index(after: end)...])
    }
    return [UInt8](text.utf8) != bytes
  }
  if let hex = json["hex"].bytes { return hex != bytes }
  return json["len"].number != Int64(bytes.count)
}

private func structuralDifference(_ value: Any, _ json: JSON, at path: String) -> String? {
  let mirror = Mirror(reflecting: value)
  switch mirror.displayStyle {
  case .optional:
    guard let wrapped = mirror.children.first?.value else { return json == .null ? nil : "\(path): missing" }
    return difference(wrapped, json, at: path)
  case .collection:
    let elements = Array(mirror.children)
    guard elements.count == json.list.count else { return "\(path): \(elements.count) elements" }
    for (index, element) in elements.enumerated() {
      if let found = difference(element.value, json.list[index], at: "\(path)[\(index)]") { return found }
    }
    return nil
  case .set, .dictionary: return unorderedDifference(mirror, json, at: path)
  default: return memberDifference(mirror, json, at: path)
  }
}

/// Sets are lists in JSON, maps lists of pairs.
private func unorderedDifference(_ mirror: Mirror, _ json: JSON, at path: String) -> String? {
  let elements = Array(mirror.children)
  guard elements.count == json.list.count else { return "\(path): \(elements.count) elements" }
  for element in elements {
    let matches = json.list.contains { candidate in
      guard mirror.displayStyle == .dictionary else { return difference(element.value, candidate) == nil }
      let pair = Array(Mirror(reflecting: element.value).children)
      return difference(pair[0].value, candidate.list.first ?? .null) == nil
        && difference(pair[1].value, candidate.list.last ?? .null) == nil
    }
    if !matches { return "\(path): \(element.value) is not in \(json)" }
  }
  return nil
}

private func memberDifference(_ mirror: Mirror, _ json: JSON, at path: String) -> String? {
  guard case .object(var members) = json else { return "\(path): \(json) is no struct" }
  for child in mirror.children {
    guard let label = child.label else { continue }
    guard let member = members.removeValue(forKey: snakeCase(label)) else {
      // Absent in JSON: a field that was not sent, or one that holds its default.
      if let found = defaultDifference(child.value) { return "\(path).\(label): \(found) is unexpected" }
      continue
    }
    if let found = difference(child.value, member, at: "\(path).\(label)") { return found }
  }
  members = members.filter { $0.value != .null }
  return members.isEmpty ? nil : "\(path): no \(members.keys.sorted())"
}

private func defaultDifference(_ value: Any) -> Any? {
  let mirror = Mirror(reflecting: value)
  switch mirror.displayStyle {
  case .optional: return mirror.children.first.flatMap { defaultDifference($0.value) }
  case .collection, .set, .dictionary: return mirror.children.isEmpty ? nil : value
  default: break
  }
  switch value {
  case false as Bool, 0 as Int32, 0 as Int64, "" as String: return nil
  case let value as any ThriftEnumeration where value.rawValue == 0: return nil
  case let value as ErrorCode where value == .ok: return nil
  default: return value
  }
}

/// `hpNode1` → `hp_node1`
private func snakeCase(_ name: String) -> String {
  var result = ""
  for character in name {
    if character.isUppercase { result += "_" }
    result += character.lowercased()
  }
  return result
}
