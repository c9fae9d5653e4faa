package dev.tallyman.api.message;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The words of JSON Schema (2020-12) that the OpenAPI document uses. */
public final class Schema {
  private Schema() {}

  public static JsonObject string() {
    return JsonObject.of("type", "string");
  }

  public static JsonObject string(String format) {
    return string().put("format", format);
  }

  /** A number as decimal text, so that no reader rounds it. */
  public static JsonObject decimal() {
    return string().put("pattern", "^-?[0-9]+(\\.[0-9]+)?$");
  }

  public static JsonObject integer() {
    return JsonObject.of("type", "integer");
  }

  public static JsonObject number() {
    return JsonObject.of("type", "number");
  }

  public static JsonObject bool() {
    return JsonObject.of("type", "boolean");
  }

  public static JsonObject constant(Object value) {
    return JsonObject.of("const", value);
  }

  public static JsonObject enumeration(List<String> values) {
    return string().put("enum", values);
  }

  public static JsonObject array(JsonObject items) {
    return JsonObject.of("type", "array").put("items", items);
  }

  /** An object used as a map from names to values. */
  public static JsonObject map(JsonObject values) {
    return JsonObject.of("type", "object").put("additionalProperties", values);
  }

  /** An object of any members. */
  public static JsonObject object() {
    return JsonObject.of("type", "object");
  }

  /** An object that has exactly these members. */
  public static JsonObject object(JsonObject properties) {
    return object(properties, Set.of());
  }

  /** An object of these members and no others, of which some may be absent. */
  public static JsonObject object(JsonObject properties, Set<String> optional) {
    var required = new ArrayList<>(properties.members().keySet());
    required.removeAll(optional);
    return JsonObject.of("type", "object")
        .put("properties", properties)
        .put("required", required)
        .put("additionalProperties", false);
  }

  public static JsonObject nullable(JsonObject schema) {
    return JsonObject.of("anyOf", List.of(schema, JsonObject.of("type", "null")));
  }

  public static JsonObject any(JsonObject... schemas) {
    return JsonObject.of("anyOf", List.of(schemas));
  }

  public static JsonObject ref(String name) {
    return JsonObject.of("$ref", "#/components/schemas/" + name);
  }
}
