package dev.tallyman.api.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ShapeTest {
  private record Row(String id, Optional<BigDecimal> limit, List<String> parts) {}

  private static final Shape<Row> SHAPE =
      Shape.<Row>object()
          .text("id", Row::id)
          .optionalDecimal("limit", Row::limit)
          .with("parts", Schema.array(Schema.string()), Row::parts)
          .nested("inner", Schema.bool(), _ -> true)
          .column("simulated", _ -> false)
          .columns("id", "parts", "limit", "simulated");

  @Test
  void jsonSchemaAndColumnsFollowFromOneDefinition() {
    Table table = SHAPE.table();
    JsonObject row =
        SHAPE.row(new Row("a", Optional.of(new BigDecimal("1E+3")), List.of("x", "y")), table);
    SHAPE.row(new Row("b", Optional.empty(), List.of()), table);

    assertThat(row.members())
        .containsExactlyEntriesOf(
            JsonObject.of("id", "a")
                .put("limit", Optional.of("1000"))
                .put("parts", List.of("x", "y"))
                .put("inner", true)
                .members());
    assertThat(SHAPE.schema().members().get("required"))
        .isEqualTo(List.of("id", "limit", "parts", "inner"));
    assertThat(new String(table.csv().toArray(), UTF_8))
        .isEqualTo("id,parts,limit,simulated\r\na,x y,1000,false\r\nb,,,false\r\n");
  }

  @Test
  void ofANestedObjectTheSchemaJsonAndColumnsComeFromItsOwnShape() {
    Shape<List<Row>> shape =
        Shape.<List<Row>>object()
            .integer("count", List::size)
            .object("first", SHAPE, List::getFirst)
            .optionalObject("second", SHAPE, rows -> rows.stream().skip(1).findFirst())
            .list("all", SHAPE, rows -> rows);
    Table table = shape.table();
    var row = new Row("a", Optional.empty(), List.of("x", "y"));
    JsonObject one = shape.row(List.of(row), table);

    String inner = Json.line(SHAPE.json(row));
    assertThat(Json.line(one))
        .isEqualTo("{\"count\":1,\"first\":%s,\"second\":null,\"all\":[%s]}", inner, inner);
    assertThat(Json.line(shape.schema()))
        .contains(
            "\"first\":" + Json.line(SHAPE.schema()),
            "\"second\":" + Json.line(Schema.nullable(SHAPE.schema())),
            "\"all\":" + Json.line(Schema.array(SHAPE.schema())));
    assertThat(new String(table.csv().toArray(), UTF_8))
        .isEqualTo(
            """
            count,id,parts,limit,simulated,id,parts,limit,simulated\r
            1,a,x y,,false,,,,\r
            """);
  }

  @Test
  void aMemberThatMayBeAbsentIsNotRequired() {
    assertThat(SHAPE.schema(Set.of("limit")).members().get("required"))
        .isEqualTo(List.of("id", "parts", "inner"));
  }

  @Test
  void aShapeIsNotChangedByOneThatIsMadeFromIt() {
    Shape<Row> before = Shape.<Row>object().text("id", Row::id);
    before.text("again", Row::id);

    assertThat(before.schema().members().get("properties"))
        .isInstanceOfSatisfying(
            JsonObject.class, each -> assertThat(each.members()).containsOnlyKeys("id"));
  }
}
