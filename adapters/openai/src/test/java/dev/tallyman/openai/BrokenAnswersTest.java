package dev.tallyman.openai;

import static dev.tallyman.openai.Harness.hour;
import static dev.tallyman.openai.Harness.page;
import static dev.tallyman.openai.Harness.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.poll.records.ReadOutcome;
import dev.tallyman.core.poll.records.ReadOutcome.Failed;
import dev.tallyman.core.usage.Bucket;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever becomes of a page on its way, a read ends with an outcome and hands over only truth. */
final class BrokenAnswersTest {
  private static final int HOURS = 6;
  private static final int ROUNDS = 30;
  private static final List<String> PIECES =
      List.of(
          "null",
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\\",
          "-",
          "1e999",
          "9".repeat(400),
          "\u0000",
          "\"start_time\":",
          "\"data\":[",
          "\"results\":",
          "\"model\":{}",
          "true",
          "\ufffd",
          " ");

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void endInAnOutcomeAndHandOverBucketsInOrderOnce(long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    for (int round = 0; round < ROUNDS; round++) {
      String body = mutated(pristine(), random);
      try (var harness =
          new Harness(c -> c.withAttempts(2), reply(body, random), reply(body, random))) {
        ReadOutcome outcome = harness.hours(HOURS);

        String which = "seed " + seed + ", round " + round + ": " + outcome;
        assertThat(harness.buckets)
            .as(which)
            .extracting(Bucket::start)
            .allMatch(start -> !start.isBefore(Harness.FROM))
            .allMatch(start -> start.isBefore(Harness.FROM.plus(Duration.ofHours(HOURS))))
            .doesNotHaveDuplicates()
            .isSorted();
        if (outcome instanceof Failed failed) {
          assertThat(failed.message()).as(which).doesNotContain("S3cr3t");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void cutAnywhereHandOverWhatTheWholeOneHolds(long seed) {
    RandomGenerator random = new SplittableRandom(seed);
    List<Bucket> truth = truth();
    for (int round = 0; round < ROUNDS; round++) {
      String body = pristine();
      int cut = random.nextInt(body.length());
      ScriptedProvider.Reply broken =
          random.nextBoolean()
              ? ScriptedProvider.brokenAfter(cut, body)
              : ScriptedProvider.json(body.substring(0, cut));
      try (var harness = new Harness(c -> c.withAttempts(1), broken)) {
        ReadOutcome outcome = harness.hours(HOURS);

        String which = "seed " + seed + ", cut at " + cut + ": " + outcome;
        assertThat(harness.buckets).as(which).isEqualTo(truth.subList(0, harness.buckets.size()));
        if (outcome instanceof ReadOutcome.Complete) {
          assertThat(harness.buckets).as(which).isEqualTo(truth);
        }
      }
    }
  }

  @Test
  void nestedTooDeepAreGivenUp() {
    String deep = "{\"x\":" + "[".repeat(100_000);
    try (var harness = new Harness(c -> c.withAttempts(1), ScriptedProvider.json(deep))) {
      assertThat(harness.hours(1)).isInstanceOf(Failed.class);
    }
  }

  private static List<Bucket> truth() {
    try (var harness = new Harness(ScriptedProvider.json(pristine()))) {
      assertThat(harness.hours(HOURS)).isInstanceOf(ReadOutcome.Complete.class);
      return List.copyOf(harness.buckets);
    }
  }

  private static String pristine() {
    var hours = new String[HOURS];
    for (int i = 0; i < HOURS; i++) {
      hours[i] = hour(i, row("gpt-4.1", i), row("gpt-5.6-terra", 10L * i), row("ä-S3cr3t", 7));
    }
    return page(hours);
  }

  private static ScriptedProvider.Reply reply(String body, RandomGenerator random) {
    return switch (random.nextInt(4)) {
      case 0 -> ScriptedProvider.chunked(body, 1 + random.nextInt(500));
      case 1 -> ScriptedProvider.gzip(body, 1 + random.nextInt(2 * body.length()));
      case 2 -> ScriptedProvider.brokenAfter(random.nextInt(body.length()), body);
      default -> ScriptedProvider.json(body);
    };
  }

  private static String mutated(String body, RandomGenerator random) {
    var text = new StringBuilder(body);
    for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
      int at = random.nextInt(text.length());
      int until = Math.min(text.length(), at + random.nextInt(30));
      String piece = PIECES.get(random.nextInt(PIECES.size()));
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, piece);
        case 1 -> text.replace(at, until, piece);
        case 2 -> text.insert(at, text.substring(at, until));
        default -> text.setCharAt(at, (char) random.nextInt(32, 0x2000));
      }
    }
    return text.toString();
  }
}
