package dev.tallyman.api.message;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an object of an answer says, written once: its JSON, its schema and, where it is a row of a
 * list, its columns in CSV follow from it, and so cannot disagree. A shape does not change: each
 * method returns another one, with a further member at its end.
 *
 * @param <T> what an object is made from
 */
public final class Shape<T> {
  /** A member in JSON, or a column of CSV, of what {@link JsonObject#put} takes. */
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

  /** The same with a text that may be null. */
  public Shape<T> optional(String name, Function<T, Optional<String>> value) {
    return with(name, Schema.nullable(Schema.string()), value);
  }

  /** The same with texts; in CSV they are one cell, with blanks between them. */
  public Shape<T> texts(String name, Function<T, ? extends Collection<String>> value) {
    return with(name, Schema.array(Schema.string()), value);
  }

  /** The same with one of these texts. */
  public Shape<T> choice(String name, List<String> values, Function<T, String> value) {
    return with(name, Schema.enumeration(values), value);
  }

  /** The same with a truth value. */
  public Shape<T> flag(String name, Function<T, Boolean> value) {
    return with(name, Schema.bool(), value);
  }

  /** The same with a whole number. */
  public Shape<T> integer(String name, Function<T, ? extends Number> value) {
    return with(name, Schema.integer(), value);
  }

  /** The same with an exact decimal, which is a text in JSON and a number in CSV. */
  public Shape<T> decimal(String name, Function<T, BigDecimal> value) {
    return nested(name, Schema.decimal(), from -> value.apply(from).toPlainString())
        .column(name, value);
  }

  /** The same with an exact decimal that may be null. */
  public Shape<T> optionalDecimal(String name, Function<T, Optional<BigDecimal>> value) {
    return nested(
            name,
            Schema.nullable(Schema.decimal()),
            from -> value.apply(from).map(BigDecimal::toPlainString))
        .column(name, value);
  }

  /** The same with an instant, in UTC. */
  public Shape<T> time(String name, Function<T, Instant> value) {
    return with(name, Schema.string("date-time"), value);
  }

  /** The same with an instant that may be null. */
  public Shape<T> optionalTime(String name, Function<T, Optional<Instant>> value) {
    return with(name, Schema.nullable(Schema.string("date-time")), value);
  }

  /** The same with a day. */
  public Shape<T> day(String name, Function<T, LocalDate> value) {
    return with(name, Schema.string("date"), value);
  }

  /** The same with a member of any schema; in CSV a list is its items with blanks between them. */
  public Shape<T> with(
      String name, JsonObject schema, Function<T, ? extends @Nullable Object> value) {
    return nested(name, schema, value).column(name, value);
  }

  /** The same with a member of any schema that CSV leaves out. */
  public Shape<T> nested(
      String name, JsonObject schema, Function<T, ? extends @Nullable Object> value) {
    return new Shape<>(joined(members, new Member<T>(name, schema, value)), columns);
  }

  /** The same with a column that JSON leaves out. */
  public Shape<T> column(String name, Function<T, ? extends @Nullable Object> value) {
    return new Shape<>(members, joined(columns, new Member<T>(name, JsonObject.of(), value)));
  }

  /** The same with an object; in CSV the columns of that object follow. */
  public <U> Shape<T> object(String name, Shape<U> shape, Function<T, U> value) {
    return object(name, shape.schema(), shape, from -> Optional.of(value.apply(from)));
  }

  /** The same with an object that may be null; in CSV its columns follow, which are empty then. */
  public <U> Shape<T> optionalObject(String name, Shape<U> shape, Function<T, Optional<U>> value) {
    return object(name, Schema.nullable(shape.schema()), shape, value);
  }

  private <U> Shape<T> object(
      String name, JsonObject schema, Shape<U> shape, Function<T, Optional<U>> value) {
    Shape<T> all = nested(name, schema, from -> value.apply(from).map(shape::json));
    for (var column : shape.columns) {
      all = all.column(column.name(), from -> value.apply(from).map(column.value()));
    }
    return all;
  }

  /** The same with a list of objects, which CSV leaves out. */
  public <U> Shape<T> list(
      String name, Shape<U> shape, Function<T, ? extends Collection<U>> value) {
    return nested(
        name,
        Schema.array(shape.schema()),
        from -> value.apply(from).stream().map(shape::json).toList());
  }

  /** The same with these columns only, in this order; there must be one of each name. */
  public Shape<T> columns(String... names) {
    return new Shape<>(members, Stream.of(names).map(this::columnOf).toList());
  }

  private Member<T> columnOf(String name) {
    return columns.stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }

  /** The JSON Schema of an object. */
  public JsonObject schema() {
    return schema(Set.of());
  }

  /** The same where these members may be absent. */
  public JsonObject schema(Set<String> absent) {
    var properties = JsonObject.of();
    members.forEach(member -> properties.put(member.name(), member.schema()));
    return Schema.object(properties, absent);
  }

  /** An object in JSON. */
  public JsonObject json(T from) {
    var document = JsonObject.of();
    members.forEach(member -> document.put(member.name(), member.value().apply(from)));
    return document;
  }

  /** A table without rows. */
  public Table table() {
    return new Table(columns.stream().map(Member::name).toList());
  }

  /** An object in JSON, which is added to a table as a row too. */
  public JsonObject row(T from, Table table) {
    var cells = new ArrayList<@Nullable Object>();
    columns.forEach(column -> cells.add(cell(column.value().apply(from))));
    table.row(cells);
    return json(from);
  }

  private static <E> List<E> joined(List<E> first, E last) {
    return Stream.concat(first.stream(), Stream.of(last)).toList();
  }

  private static @Nullable Object cell(@Nullable Object value) {
    return switch (value) {
      case Collection<?> items -> String.join(" ", items.stream().map(String::valueOf).toList());
      case Optional<?> optional -> optional.map(Shape::cell);
      case null -> null;
      default -> value;
    };
  }
}
