package dev.tallyman.core.poll.records;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class LookbackTest {
  private static final Instant NOW = Instant.parse("2026-11-21T09:30:00Z");

  @Test
  void theDocumentationSaysTheSame() throws IOException {
    String text = Files.readString(Path.of("..", "docs", "architecture.md"));
    assertThat(text)
        .contains("| in each cycle | %d hours | |".formatted(Lookback.EACH_CYCLE.toHours()));
    for (Lookback each : Lookback.values()) {
      assertThat(text)
          .contains(
              "| %s | %d days | %d days |"
                  .formatted(
                      each.name().toLowerCase(Locale.ROOT),
                      each.usage().toDays(),
                      each.costDays()));
    }
  }

  @Test
  void eachIsDueAsOftenAsItSays() {
    Progress done = Progress.NONE.reread(EnumSet.allOf(Lookback.class), NOW);
    assertThat(Lookback.due(Progress.NONE, NOW)).containsExactly(Lookback.values());
    assertThat(Lookback.due(done, NOW)).isEmpty();
    for (Lookback each : Lookback.values()) {
      Instant then = NOW.plus(each.every());
      assertThat(Lookback.due(done, then)).contains(each);
      assertThat(Lookback.due(done, then.minusSeconds(1))).doesNotContain(each);
    }
    assertThat(
            Lookback.due(
                done.reread(Set.of(Lookback.HOURLY), NOW.plusSeconds(7200)),
                NOW.plus(Duration.ofDays(1))))
        .containsExactlyInAnyOrder(Lookback.HOURLY, Lookback.DAILY);
  }

  @Test
  void theLongestThatIsDueIsRead() {
    assertThat(Lookback.longest(Set.of())).isEmpty();
    assertThat(Lookback.longest(Set.of(Lookback.DAILY, Lookback.HOURLY))).contains(Lookback.DAILY);
  }
}
