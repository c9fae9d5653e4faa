package dev.tallyman.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ModelPatternsTest {
  private static final ModelPatterns<String> PATTERNS =
      ModelPatterns.of(
          Map.of(
              "gpt-4o", "name",
              "GPT-4o-2024*", "dated prefix",
              "gpt-4o-2024-05-13", "dated name",
              "gpt*", "prefix",
              "o1", "o1",
              "x-*", "x"));

  @ParameterizedTest
  @CsvSource({
    "gpt-4o, name",
    "GPT-4O, name",
    "gpt-4o-2025-01-31, name",
    "gpt-4o-20250131, name",
    "gpt-4o-2024-08-06, dated prefix",
    "gpt-4o-2024-05-13, dated name",
    "gpt-4o-mini, prefix",
    "gpt-4o-2025-1-31, prefix",
    "gpt, prefix",
    "o1-2024-12-17, o1",
    "openai/o1, o1",
    "models/azure/o1@2024-12-17, o1",
    "openai/gpt-4o-mini, prefix",
  })
  void theLongestPatternWins(String model, String value) {
    assertThat(PATTERNS.find(model)).hasValue(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"o1-mini", "o1-2024", "o1-2024-12-17-x", "o", "-2024-12-17", "", "x"})
  void whatNoPatternMatchesIsEmpty(String model) {
    assertThat(PATTERNS.find(model)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "GPT-4o, gpt-4o",
    "openai/models/gpt-4o, gpt-4o",
    "gpt-4o@2024-08-06, gpt-4o-2024-08-06",
    "gpt-4o@20240806, gpt-4o-20240806",
    "gpt-4o@latest, gpt-4o@latest",
    "ft:gpt-4.1-2025-04-14:acme:name:id, ft:gpt-4.1-2025-04-14",
    "ft:gpt-4.1, ft:gpt-4.1",
    "azure/gpt-4o-2024-08-06.ft-0e2, ft:gpt-4o-2024-08-06",
    "meta/llama, meta/llama",
  })
  void aPlainNameIsTheProvidersOwn(String name, String plain) {
    assertThat(ModelPatterns.plain(name)).isEqualTo(plain);
    assertThat(ModelPatterns.plain(plain)).isEqualTo(plain);
  }

  @Test
  void aPatternThatNamesTheGatewayWinsOverTheBareName() {
    assertThat(ModelPatterns.of(Map.of("openai/*", 1, "o1", 2, "*", 3)).find("openai/o1"))
        .hasValue(1);
    assertThat(ModelPatterns.of(Map.of("o1", 2, "*", 3)).find("openai/o1")).hasValue(2);
  }

  @Test
  void aLoneStarMatchesAll() {
    assertThat(ModelPatterns.of(Map.of("*", 1, "a", 2)).find("b")).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "gpt-*-mini", "**", "gpt 4", "a\tb"})
  void whatIsNoPatternIsRefused(String pattern) {
    assertThat(ModelPatterns.problem(pattern)).isPresent();
    assertThatThrownBy(() -> ModelPatterns.of(Map.of(pattern, 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
