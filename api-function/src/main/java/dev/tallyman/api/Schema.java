package dev.tallyman.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The words of JSON Schema (2020-12) that the OpenAPI document uses. */
final class Schema {
  private Schema() {}

  static Doc string() {
    return Doc.of("type", "string");
  }

  static Doc string(String format) {
    return string().put("format", format);
  }

  /** A number as decimal text, so that no reader rounds it. */
  static Doc decimal() {
    return string().put("pattern", "^-?[0-9]+(\\.[0-9]+)?$");
  }

  static Doc integer() {
    return Doc.of("type", "integer");
  }

  static Doc number() {
    return Doc.of("type", "number");
  }

  static Doc bool() {
    return Doc.of("type", "boolean");
  }

  static Doc constant(Object value) {
    return Doc.of("const", value);
  }

  static Doc enumeration(List<String> values) {
    return string().put("enum", values);
  }

  static Doc array(Doc items) {
    return Doc.of("type", "array").put("items", items);
  }

  /** An object used as a map from names to values. */
  static Doc map(Doc values) {
    return Doc.of("type", "object").put("additionalProperties", values);
  }

  /** An object that has exactly these members. */
  static Doc object(Doc properties) {
    return object(properties, Set.of());
  }

  /** An object of these members and no others, of which some may be absent. */
  static Doc object(Doc properties, Set<String> optional) {
    var required = new ArrayList<>(properties.members().keySet());
    required.removeAll(optional);
    return Doc.of("type", "object")
        .put("properties", properties)
        .put("required", required)
        .put("additionalProperties", false);
  }

  static Doc nullable(Doc schema) {
    return Doc.of("anyOf", List.of(schema, Doc.of("type", "null")));
  }

  static Doc any(Doc... schemas) {
    return Doc.of("anyOf", List.of(schemas));
  }

  static Doc ref(String name) {
    return Doc.of("$ref", "#/components/schemas/" + name);
  }
}
