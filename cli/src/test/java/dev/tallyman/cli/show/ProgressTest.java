package dev.tallyman.cli.show;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.core.store.MovableClock;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProgressTest {
  private static final String WIPE = "\r\u001b[K";

  private final MovableClock clock = new MovableClock(Instant.parse("2026-11-21T09:00:00Z"));
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void growsOnOneLineOfATerminalAndLeavesNothingBehind() {
    Progress progress = progress(true, 80, false);

    clock.advance(Duration.ofSeconds(2));
    progress.show(0, "acme back to 2026-11-20");
    clock.advance(Duration.ofSeconds(8));
    progress.show(500, "acme back to 2026-11-11");
    progress.show(1000, "acme back to 2026-11-01");
    progress.clear();

    assertThat(lines())
        .containsExactly(
            "░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0%  acme back to 2026-11-20",
            "███████████████░░░░░░░░░░░░░░░  50%  acme back to 2026-11-11, 10 s left",
            "██████████████████████████████ 100%  acme back to 2026-11-01, 0 s left",
            "");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void hasNoBarWhereNobodyKnowsTheWhole() {
    Progress progress = progress(true, 40, false);

    clock.advance(Duration.ofMillis(999));
    progress.show("acme: costs, 0 rows so far");
    clock.advance(Duration.ofMillis(1));
    progress.show("acme: costs, 12 rows so far");
    progress.show("acme: moderations, 1,234 rows so far, and more");
    progress.clear();

    assertThat(lines())
        .containsExactly(
            "acme: costs, 12 rows so far", "acme: moderations, 1,234 rows so far, …", "");
  }

  @Test
  void saysNothingInTheFirstSecondAndThenHasNothingToTakeAway() {
    Progress progress = progress(true, 80, false);

    clock.advance(Duration.ofMillis(999));
    progress.show(900, "acme");
    progress.clear();

    assertThat(err.toString()).isEmpty();
  }

  @Test
  void saysNothingWhereNobodyWatches() {
    Progress progress = progress(false, 80, false);

    clock.advance(Duration.ofSeconds(10));
    progress.show(500, "acme");
    progress.clear();

    assertThat(err.toString()).isEmpty();
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 40, 60, 80})
  void isNarrowerThanTheTerminalSoThatItNeverWraps(int columns) {
    for (boolean ascii : List.of(true, false)) {
      Progress progress = progress(true, columns, ascii);
      clock.advance(Duration.ofSeconds(2));
      progress.show(1, "an-organization-with-a-long-name-of-40-char back to 2026-11-11");
      progress.show(5000, "an-organization-with-a-long-name-of-40-char back to 2026-11-11");
    }

    assertThat(lines()).hasSize(4).allMatch(line -> Text.width(line) < columns);
  }

  @Test
  void isDrawnInAsciiWhereOnlyThatCanBeShown() {
    Progress progress = progress(true, 50, true);

    clock.advance(Duration.ofSeconds(2));
    progress.show(330, "acme back to 2026-11-11");

    assertThat(lines()).containsExactly("#########.....................  33%  acme back t~");
  }

  /** What was drawn one over the other. */
  private List<String> lines() {
    String drawn = err.toString();
    assertThat(drawn).startsWith(WIPE).doesNotContain("\n");
    return List.of(drawn.substring(WIPE.length()).split("\r\u001b\\[K", -1));
  }

  private Progress progress(boolean watched, int columns, boolean ascii) {
    return new Progress(
        new Terminal(
            new PrintWriter(out),
            new PrintWriter(err),
            false,
            watched,
            Math.max(columns, Terminal.NARROWEST),
            columns,
            ascii,
            false),
        clock);
  }
}
