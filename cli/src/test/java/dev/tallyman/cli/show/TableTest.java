package dev.tallyman.cli.show;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tallyman.cli.show.Table.Column;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TableTest {
  private static Table table() {
    Table table =
        new Table(
            List.of(
                Column.name("MODEL"),
                Column.number("TOKENS", 40),
                Column.number("SPEND", Column.ALWAYS),
                Column.number("CHANGE", 50)));
    table.row(List.of("gpt-5", "12,402,118", "$96.40", "+31%"));
    table.row(List.of("a-model-with-quite-a-long-name", "1", "$1,234,567.89", "-4%"));
    return table;
  }

  @Test
  void alignsNumbersAtTheirEnds() {
    assertThat(table().lines(80, false))
        .containsExactly(
            "MODEL                               TOKENS          SPEND  CHANGE",
            "gpt-5                           12,402,118         $96.40    +31%",
            "a-model-with-quite-a-long-name           1  $1,234,567.89     -4%");
  }

  @Test
  void dropsTheLeastImportantColumnRatherThanCutANumber() {
    assertThat(table().lines(48, false))
        .containsExactly(
            "MODEL                              SPEND  CHANGE",
            "gpt-5                             $96.40    +31%",
            "a-model-with-quite-a-lon…  $1,234,567.89     -4%");
  }

  @Test
  void neverCutsANumberHoweverNarrowItIs() {
    IntStream.range(1, 100)
        .forEach(width ->
            assertThat(String.join("\n", table().lines(width, false)))
                .as("width %s", width)
                .contains("$96.40", "$1,234,567.89"));
  }

  @Test
  void staysWithinTheWidth() {
    IntStream.range(30, 100)
        .forEach(width ->
            assertThat(table().lines(width, false))
                .allSatisfy(line -> assertThat(Text.width(line)).isLessThanOrEqualTo(width)));
  }

  @Test
  void wantsACellForEachColumn() {
    assertThatIllegalArgumentException().isThrownBy(() -> table().row(List.of("x")));
  }
}
