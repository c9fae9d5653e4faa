package dev.tallyman.api.message;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the rows of a list say, written once: their JSON, its schema and their columns in CSV follow
 * from it, and so cannot disagree.
 *
 * @param <T> what a row is made from
 */
public final class Shape<T> {
  /**
   * A member of each row.
   *
   * @param value what {@link JsonObject#put} takes; a decimal is a text in JSON and a number in CSV
   */
  private record Member<T>(
      String name, JsonObject schema, Function<T, ? extends @Nullable Object> value) {}

  private final List<Member<T>> members;
  private final List<Member<T>> columns;

  private Shape(List<Member<T>> members, List<Member<T>> columns) {
    this.members = members;
    this.columns = columns;
  }

  /** One without members. */
  public static <T> Shape<T> object() {
    return new Shape<>(List.of(), List.of());
  }

  /** The same with a text. */
  public Shape<T> text(String name, Function<T, String> value) {
    return with(name, Schema.string(), value);
  }

  /** The same with a text that may be missing. */
  public Shape<T> optional(String name, Function<T, Optional<String>> value) {
    return with(name, Schema.nullable(Schema.string()), value);
  }

  /** The same with a truth value. */
  public Shape<T> flag(String name, Function<T, Boolean> value) {
    return with(name, Schema.bool(), value);
  }

  /** The same with a whole number. */
  public Shape<T> integer(String name, Function<T, Long> value) {
    return with(name, Schema.integer(), value);
  }

  /** The same with an exact decimal. */
  public Shape<T> decimal(String name, Function<T, BigDecimal> value) {
    return with(name, Schema.decimal(), value);
  }

  /** The same with an exact decimal that may be missing. */
  public Shape<T> optionalDecimal(String name, Function<T, Optional<BigDecimal>> value) {
    return with(name, Schema.nullable(Schema.decimal()), value);
  }

  /** The same with a member of any schema; in CSV a list is its items with blanks between them. */
  public Shape<T> with(
      String name, JsonObject schema, Function<T, ? extends @Nullable Object> value) {
    var all = new ArrayList<>(members);
    var shown = new ArrayList<>(columns);
    var member = new Member<T>(name, schema, value);
    all.add(member);
    shown.add(member);
    return new Shape<>(all, shown);
  }

  /** The same with a member that CSV leaves out, since it is nested. */
  public Shape<T> nested(
      String name, JsonObject schema, Function<T, ? extends @Nullable Object> value) {
    var all = new ArrayList<>(members);
    all.add(new Member<T>(name, schema, value));
    return new Shape<>(all, columns);
  }

  /** The same with a column that JSON leaves out, since it says it once for all rows. */
  public Shape<T> column(String name, Function<T, ? extends @Nullable Object> value) {
    var shown = new ArrayList<>(columns);
    shown.add(new Member<T>(name, JsonObject.of(), value));
    return new Shape<>(members, shown);
  }

  /** The same with its columns in this order. */
  public Shape<T> columns(String... names) {
    var ordered = new ArrayList<Member<T>>();
    for (String name : names) {
      ordered.add(
          columns.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow());
    }
    return new Shape<>(members, ordered);
  }

  /** The JSON Schema of a row. */
  public JsonObject schema() {
    var properties = JsonObject.of();
    members.forEach(member -> properties.put(member.name(), member.schema()));
    return Schema.object(properties);
  }

  /** A table without rows. */
  public Table table() {
    return new Table(columns.stream().map(Member::name).toList());
  }

  /** A row in JSON, which is added to a table too. */
  public JsonObject row(T from, Table table) {
    var cells = new ArrayList<@Nullable Object>();
    columns.forEach(column -> cells.add(cell(column.value().apply(from))));
    table.row(cells);
    var document = JsonObject.of();
    members.forEach(member -> document.put(member.name(), json(member.value().apply(from))));
    return document;
  }

  private static @Nullable Object cell(@Nullable Object value) {
    return value instanceof Collection<?> items
        ? String.join(" ", items.stream().map(String::valueOf).toList())
        : value;
  }

  private static @Nullable Object json(@Nullable Object value) {
    return switch (value) {
      case BigDecimal decimal -> decimal.toPlainString();
      case Optional<?> optional -> optional.map(Shape::json);
      case null -> null;
      default -> value;
    };
  }
}
