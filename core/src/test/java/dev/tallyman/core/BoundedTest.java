package dev.tallyman.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.usage.Name;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BoundedTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void aTextIsBoundedAndStaysDistinctAndWhole(long seed) {
    var random = new Random(seed);
    for (int i = 0; i < 300; i++) {
      String text = "😀".repeat(random.nextInt(400)) + "x".repeat(random.nextInt(2));
      String bounded = Bounded.name(random.nextBoolean() ? text : "y" + text);
      assertThat(bounded.length()).as("seed %d", seed).isLessThanOrEqualTo(Bounded.NAME);
      assertThat(bounded.codePoints().filter(point -> point >= 0xD800 && point <= 0xDFFF))
          .isEmpty();
      assertThat(Bounded.name(bounded)).isEqualTo(bounded);
    }
    String long300k = "n".repeat(300_000);
    assertThat(Bounded.name(long300k + "a")).isNotEqualTo(Bounded.name(long300k + "b"));
  }

  @ParameterizedTest
  @ValueSource(ints = {257, 300_000})
  void namesAreBoundedAlsoThoseThatWereKeptBefore(int length) {
    String text = "n".repeat(length);
    var name = new Name(Name.Kind.PROJECT, text, text, Map.of("owner", text));

    assertThat(name.id()).hasSizeLessThanOrEqualTo(Bounded.NAME);
    assertThat(name.name()).hasSizeLessThanOrEqualTo(Bounded.NAME);
    assertThat(name.details().get("owner")).hasSizeLessThanOrEqualTo(Bounded.NAME);
  }
}
