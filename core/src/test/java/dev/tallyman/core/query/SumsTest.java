package dev.tallyman.core.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SumsTest {
  private static final int SERIES = 3;
  private static final int BUCKETS = 4;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void sumsAreExactWhateverTheirSizeAndScale(long seed) {
    var random = new Random(seed);
    var sums = new Sums(BUCKETS, Sums.MONEY_SCALE);
    sums.ensure(SERIES);
    var expected = new BigDecimal[SERIES][BUCKETS];
    for (BigDecimal[] each : expected) {
      Arrays.fill(each, BigDecimal.ZERO);
    }
    for (int i = 0; i < 500; i++) {
      int series = random.nextInt(SERIES);
      int bucket = random.nextInt(BUCKETS);
      BigDecimal amount;
      if (random.nextBoolean()) {
        long scaled = random.nextLong();
        sums.add(series, bucket, scaled);
        amount = BigDecimal.valueOf(scaled, Sums.MONEY_SCALE);
      } else {
        amount =
            BigDecimal.valueOf(random.nextLong(), random.nextInt(40))
                .movePointRight(random.nextInt(20));
        sums.add(series, bucket, amount);
      }
      expected[series][bucket] = expected[series][bucket].add(amount);
    }

    var all = new BitSet();
    all.set(0, BUCKETS);
    var folded = new Sums(BUCKETS, Sums.MONEY_SCALE);
    folded.ensure(1);
    for (int series = 0; series < SERIES; series++) {
      folded.add(0, sums, series);
      BigDecimal total = BigDecimal.ZERO;
      for (int bucket = 0; bucket < BUCKETS; bucket++) {
        assertThat(sums.get(series, bucket))
            .as("seed %d", seed)
            .isEqualByComparingTo(expected[series][bucket]);
        total = total.add(expected[series][bucket]);
      }
      assertThat(sums.total(series, all)).as("seed %d", seed).isEqualByComparingTo(total);
    }
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      assertThat(folded.get(0, bucket))
          .as("seed %d", seed)
          .isEqualByComparingTo(
              expected[0][bucket].add(expected[1][bucket]).add(expected[2][bucket]));
    }
  }

  @Test
  void whatIsMissingIsNotedAndFoldedAlong() {
    var sums = new Sums(2, 0);
    sums.ensure(2);
    sums.miss(1, 1);
    var folded = new Sums(2, 0);
    folded.ensure(1);
    folded.add(0, sums, 0);
    folded.add(0, sums, 1);

    assertThat(sums.touched(0)).isFalse();
    assertThat(sums.touched(1)).isTrue();
    assertThat(folded.misses(0, 0)).isFalse();
    assertThat(folded.misses(0, 1)).isTrue();
  }

  @Test
  void moreThanMemoryAllowsIsRefused() {
    var sums = new Sums(750, 0);

    assertThatThrownBy(() -> sums.ensure(30_000))
        .isInstanceOf(QueryException.class)
        .hasMessageContaining("30000 series");
  }
}
