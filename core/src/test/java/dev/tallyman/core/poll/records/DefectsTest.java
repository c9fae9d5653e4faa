package dev.tallyman.core.poll.records;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.store.Document;
import dev.tallyman.core.store.Fields;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DefectsTest {
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private static final int HOURS = 300;

  private static Instant hour(int index) {
    return START.plus(Duration.ofHours(index));
  }

  private static Defect defect(int from, int to, String reason) {
    return new Defect(hour(from), hour(to), reason);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void areWhatASetOfHoursSaysAndNeverTooMany(long seed) {
    var random = new SplittableRandom(seed);
    var truth = new BitSet(HOURS);
    Defects defects = Defects.NONE;
    for (int round = 0; round < 200; round++) {
      int from = random.nextInt(HOURS - 5);
      int to = from + 1 + random.nextInt(4);
      if (random.nextInt(3) == 0) {
        defects = defects.without(hour(from), hour(to));
        truth.clear(from, to);
      } else {
        defects = defects.with(List.of(defect(from, to, "reason " + random.nextInt(3))));
        truth.set(from, to);
      }
      assertThat(defects.all()).hasSizeLessThanOrEqualTo(Defects.MOST);
      for (int i = 1; i < defects.all().size(); i++) {
        assertThat(defects.all().get(i).from()).isAfterOrEqualTo(defects.all().get(i - 1).to());
      }
      for (int hour = 0; hour < HOURS; hour++) {
        boolean known = !defects.within(hour(hour), hour(hour + 1)).isEmpty();
        if (truth.get(hour)) {
          assertThat(known).as("hour %s", hour).isTrue();
        } else if (known) {
          // The oldest of too many are put together, and what lies between them with them.
          assertThat(hour(hour)).isBefore(defects.all().getFirst().to());
          truth.set(hour);
        }
      }
    }
  }

  @Test
  void ofTheSameReasonInARowAreOne() {
    var hours = new ArrayList<Defect>();
    for (int i = 0; i < 100; i++) {
      hours.add(defect(i, i + 1, "odd"));
    }
    assertThat(Defects.NONE.with(hours).all()).containsExactly(defect(0, 100, "odd"));
  }

  @Test
  void areReadAsTheyWereWrittenAndNoneWhereNoneWereWritten() {
    Progress progress =
        Progress.NONE.withDefects(Defects.NONE.with(List.of(defect(1, 2, "a"), defect(5, 9, "b"))));

    assertThat(Progress.decode(stored(progress))).isEqualTo(progress);
    assertThat(stored(Progress.NONE).names()).isEmpty();
    assertThat(Progress.decode(stored(Progress.NONE))).isEqualTo(Progress.NONE);
  }

  private static Fields stored(Progress progress) {
    return Fields.decode(Document.encode(Map.of("p", progress.encode()))).fields("p");
  }

  @Test
  void giveAReasonThatIsBounded() {
    assertThat(defect(0, 1, "x".repeat(5000)).reason()).hasSize(Defect.MAX_REASON).endsWith("…");
  }
}
