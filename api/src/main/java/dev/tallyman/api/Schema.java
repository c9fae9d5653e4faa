package dev.tallyman.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The words of JSON Schema (2020-12) that the OpenAPI document uses. */
final class Schema {
  private Schema() {}

  static JsonObject string() {
    return JsonObject.of("type", "string");
  }

  static JsonObject string(String format) {
    return string().put("format", format);
  }

  /** A number as decimal text, so that no reader rounds it. */
  static JsonObject decimal() {
    return string().put("pattern", "^-?[0-9]+(\\.[0-9]+)?$");
  }

  static JsonObject integer() {
    return JsonObject.of("type", "integer");
  }

  static JsonObject number() {
    return JsonObject.of("type", "number");
  }

  static JsonObject bool() {
    return JsonObject.of("type", "boolean");
  }

  static JsonObject constant(Object value) {
    return JsonObject.of("const", value);
  }

  static JsonObject enumeration(List<String> values) {
    return string().put("enum", values);
  }

  static JsonObject array(JsonObject items) {
    return JsonObject.of("type", "array").put("items", items);
  }

  /** An object used as a map from names to values. */
  static JsonObject map(JsonObject values) {
    return JsonObject.of("type", "object").put("additionalProperties", values);
  }

  /** An object that has exactly these members. */
  static JsonObject object(JsonObject properties) {
    return object(properties, Set.of());
  }

  /** An object of these members and no others, of which some may be absent. */
  static JsonObject object(JsonObject properties, Set<String> optional) {
    var required = new ArrayList<>(properties.members().keySet());
    required.removeAll(optional);
    return JsonObject.of("type", "object")
        .put("properties", properties)
        .put("required", required)
        .put("additionalProperties", false);
  }

  static JsonObject nullable(JsonObject schema) {
    return JsonObject.of("anyOf", List.of(schema, JsonObject.of("type", "null")));
  }

  static JsonObject any(JsonObject... schemas) {
    return JsonObject.of("anyOf", List.of(schemas));
  }

  static JsonObject ref(String name) {
    return JsonObject.of("$ref", "#/components/schemas/" + name);
  }
}
