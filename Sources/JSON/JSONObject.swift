/// Collects the members of a JSON object, in order; a name that is set again keeps its place.
package struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  package private(set) var members: [JSONMember] = []
  private var places: [String: Int] = [:]

  package init() {}

  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (name, value) in elements { self[name] = value }
  }

  package subscript(name: String) -> JSONValue? {
    get { places[name].map { members[$0].value } }
    set {
      guard let newValue else {
        guard let place = places.removeValue(forKey: name) else { return }
        members.remove(at: place)
        for index in place..<members.count { places[members[index].key] = index }
        return
      }
      if let place = places[name] {
        members[place].value = newValue
      } else {
        places[name] = members.count
        members.append(JSONMember(name, newValue))
      }
    }
  }
}
