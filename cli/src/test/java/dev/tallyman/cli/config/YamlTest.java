package dev.tallyman.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class YamlTest {
  @Test
  void readsMapsListsAndScalarsWithTheirLines() {
    Yaml yaml =
        Yaml.parse(
            """
            a: 1
            b:
              - x: 0.10
                y: yes
              - z: true
            c: "007"
            d: 2026-11-01
            e: ~
            """,
            "f.yaml");

    assertThat(yaml.mistakes()).isEmpty();
    assertThat(yaml.values())
        .isEqualTo(
            Map.of(
                "a",
                1L,
                "b",
                List.of(Map.of("x", new BigDecimal("0.10"), "y", "yes"), Map.of("z", true)),
                "c",
                "007",
                "d",
                "2026-11-01"));
    assertThat(yaml.line("b[0].y")).isEqualTo(4);
    assertThat(yaml.line("b[1].z")).isEqualTo(5);
    assertThat(yaml.line("b[1].missing")).isEqualTo(5);
    assertThat(yaml.line("c")).isEqualTo(6);
    assertThat(yaml.line("nowhere")).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "0x10, 16",
    "0o17, 15",
    "-5, -5",
    "+5, 5",
    "9223372036854775807, 9223372036854775807"
  })
  void readsIntegersOfEveryForm(String written, long value) {
    assertThat(Yaml.parse("a: " + written, "f").values()).isEqualTo(Map.of("a", value));
  }

  @Test
  void keepsWhatExceedsALongExact() {
    assertThat(Yaml.parse("a: 123456789012345678901234567890", "f").values())
        .isEqualTo(Map.of("a", new BigDecimal("123456789012345678901234567890")));
  }

  @Test
  void readsAnEmptyFileAsNothing() {
    for (String empty : List.of("", "\n", "# nothing\n", "---\n")) {
      Yaml yaml = Yaml.parse(empty, "f");

      assertThat(yaml.values()).as(empty).isEmpty();
      assertThat(yaml.mistakes()).as(empty).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'a: 1\na: 2'                      | f:2: 'a' is written twice; it is also in line 1",
        "'a: &x 1\n"
            + "b: 2'                   | f:1: an anchor is used; write the value out where it is"
            + " needed",
        "'a:\n"
            + "\tb: 1'                      | f:2: a tab is used for indentation; indent with"
            + " spaces",
        "'- 1'                             | f:1: the file is not a mapping; write `name: value`"
            + " lines",
        "'a: 1\n---\nb: 2'                 | f:3: a second document begins here; remove the `---`",
        "'a: !secret x'                    | f:1: a tag such as !secret is used; write the plain"
            + " value",
        "'a:\n"
            + "  - 1\n"
            + "  -'                  | f:3: an element of the list is empty; write a value or"
            + " remove the line",
        "'? [a]\n: 1'                      | f:1: a key is not a text; write `name: value`",
        "'a: .inf'                         | f:1: '.inf' is not a number; write it in decimal"
            + " digits",
      })
  void tellsEachMistakeWithItsLineAndRemedy(String text, String told) {
    assertThat(Yaml.parse(text, "f").mistakes().getFirst().text()).isEqualTo(told);
  }

  @Test
  void tellsWhereTheSyntaxIsWrong() {
    assertThat(Yaml.parse("a: 1\nb: [1, 2\nc: 3\n", "f").mistakes().getFirst().where())
        .matches("f:[234]");
  }

  @Test
  void refusesWhatIsTooLargeOrTooDeep() {
    assertThat(Yaml.parse("a: " + "x".repeat(Yaml.LIMIT), "f").mistakes().getFirst().text())
        .contains("at most 1000000");
    assertThat(
            Yaml.parse("a: " + "[".repeat(40) + "]".repeat(40), "f").mistakes().getFirst().text())
        .contains("more than 20 levels");
  }

  @Test
  void refusesAliasesHoweverManyThereAre() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x]\n");
    for (int i = 1; i < 30; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }

    assertThat(Yaml.parse(bomb.toString(), "f").mistakes()).isNotEmpty();
  }
}
