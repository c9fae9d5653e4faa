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
  })
  void theLongestPatternWins(String model, String value) {
    assertThat(PATTERNS.find(model)).hasValue(value);
  }

  @ParameterizedTest
  @ValueSource(strings = {"o1-mini", "o1-2024", "o1-2024-12-17-x", "o", "-2024-12-17", "", "x"})
  void whatNoPatternMatchesIsEmpty(String model) {
    assertThat(PATTERNS.find(model)).isEmpty();
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
