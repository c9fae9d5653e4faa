package dev.tallyman.core.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CodesTest {
  private static @Nullable String[] texts(Codes codes) {
    var texts = new @Nullable String[codes.rows().length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = codes.text(codes.rows()[i]);
    }
    return texts;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void columnsSayTheSameByDictionaryAndInUnitsAsByThemselves(long seed) {
    var random = new Random(seed);
    int size = random.nextInt(1, 200);
    var texts = new @Nullable String[size];
    var decimals = new @Nullable BigDecimal[size];
    for (int i = 0; i < size; i++) {
      texts[i] = random.nextInt(4) == 0 ? null : "text" + random.nextInt(5);
      decimals[i] =
          random.nextInt(4) == 0
              ? null
              : BigDecimal.valueOf(random.nextLong() >> random.nextInt(64), random.nextInt(30));
    }
    Table table =
        Table.decode(
            new Table.Builder(size).texts("t", texts).decimals("d", decimals).build().encode());

    Amounts amounts = table.amounts("d", 12);

    assertThat(texts(table.codes("t"))).as("seed %d", seed).isEqualTo(table.texts("t"));
    for (int i = 0; i < size; i++) {
      BigDecimal decimal = decimals[i];
      if (amounts.units(i) == Table.ABSENT) {
        assertThat(decimal == null || !fits(decimal)).as("seed %d, %s", seed, decimal).isTrue();
        assertThat(amounts.exact(i)).as("seed %d", seed).isEqualTo(decimal);
      } else {
        assertThat(BigDecimal.valueOf(amounts.units(i), 12))
            .as("seed %d", seed)
            .isEqualByComparingTo(decimal);
      }
    }
  }

  /** Whether a long can say this number of scale 12, without looking for trailing zeros. */
  private static boolean fits(BigDecimal decimal) {
    return decimal.signum() == 0
        || (decimal.scale() <= 12
            && decimal.setScale(12).unscaledValue().bitLength() < Long.SIZE
            && decimal.setScale(12).unscaledValue().longValue() != Table.ABSENT);
  }

  @Test
  void missingColumnsAreNullAndAbsentThroughout() {
    Table table = new Table.Builder(2).longs("n", new long[] {1, 2}).build();

    assertThat(texts(table.codes("t"))).containsExactly(null, null);
    assertThat(table.amounts("d", 12).units(1)).isEqualTo(Table.ABSENT);
    assertThat(table.amounts("d", 12).exact(1)).isNull();
  }

  @Test
  void textsAreReplacedOnceForEachDifferentOne() {
    Codes codes = Codes.of(List.of("a", "b", "a"), text -> text.equals("b") ? null : text);
    Codes other = Codes.of(List.of("x", "x", "y"), text -> text);

    assertThat(texts(codes)).containsExactly("a", null, "a");
    assertThat(texts(codes.map(text -> text == null ? "none" : text + "!")))
        .containsExactly("a!", "none", "a!");
    assertThat(texts(codes.map(other, (one, two) -> one == null ? two : one + two)))
        .containsExactly("ax", "x", "ay");
    assertThat(texts(Codes.constant("z", 2))).containsExactly("z", "z");
  }
}
