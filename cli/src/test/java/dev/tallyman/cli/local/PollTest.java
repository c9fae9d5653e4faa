package dev.tallyman.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tallyman.cli.Shell;
import dev.tallyman.cli.local.Poll.Finding;
import dev.tallyman.core.poll.records.CycleRecord;
import dev.tallyman.core.poll.records.DayTotals;
import dev.tallyman.core.poll.records.EndpointResult;
import dev.tallyman.core.poll.records.ReadOutcome.Kind;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PollTest {
  private static final EndpointResult READ = result(8, Optional.empty());
  private static final EndpointResult NOT_DUE = result(0, Optional.empty());
  private static final EndpointResult REFUSED = result(0, Optional.of(Kind.BAD_KEY));
  private static final EndpointResult SCOPELESS = result(0, Optional.of(Kind.MISSING_SCOPE));
  private static final EndpointResult UNREACHED = result(0, Optional.of(Kind.NETWORK));

  @Test
  void allReadIs0() {
    assertThat(exit(finding(READ, READ))).isZero();
    assertThat(exit(finding(READ, NOT_DUE))).isZero();
  }

  @Test
  void someFailedIs75() {
    assertThat(exit(finding(READ, UNREACHED))).isEqualTo(75);
    assertThat(exit(finding(READ, SCOPELESS))).isEqualTo(75);
    assertThat(exit(finding(READ, READ), finding(REFUSED, REFUSED))).isEqualTo(75);
    assertThat(exit(busy())).isEqualTo(75);
    assertThat(exit(finding(READ, READ), busy())).isEqualTo(75);
  }

  @Test
  void noneReadIs69() {
    assertThat(exit(finding(UNREACHED, UNREACHED))).isEqualTo(69);
    assertThat(exit(finding(UNREACHED, NOT_DUE))).isEqualTo(69);
  }

  @Test
  void aRefusedKeyIs77() {
    assertThat(exit(finding(REFUSED, REFUSED))).isEqualTo(77);
    assertThat(exit(finding(SCOPELESS, NOT_DUE))).isEqualTo(77);
    assertThat(exit(finding(REFUSED, REFUSED), finding(UNREACHED, UNREACHED))).isEqualTo(77);
  }

  @Test
  void whatIsReadIsShownToWhoWatchesAndTakenAway(@TempDir Path folder) {
    var now = new AtomicReference<>(Instant.parse("2026-11-21T09:17:00Z"));
    // Time passes whenever somebody looks.
    InstantSource slow = () -> now.updateAndGet(at -> at.plusMillis(20));

    Shell.Result watched =
        new Shell(folder.resolve("a")).at(slow).redirected().run("poll", "--once");
    Shell.Result piped = new Shell(folder.resolve("b")).at(slow).run("poll", "--once");

    assertThat(watched.code()).as(watched.err()).isZero();
    assertThat(watched.err())
        .containsPattern("\r\u001b\\[Ksimulated: completions, [0-9,]+ rows so far\r\u001b\\[K")
        .containsPattern("simulated: names, [1-9][0-9,]* rows so far")
        .containsPattern("rows so far\r\u001b\\[K(?!.*rows so far)");
    assertThat(watched.out()).doesNotContain("\u001b").contains("completions");
    assertThat(piped.code()).isZero();
    assertThat(piped.err()).doesNotContain("\u001b", "so far");
  }

  private static int exit(Finding... findings) {
    return Poll.exit(List.of(findings));
  }

  private static Finding busy() {
    return new Finding("acme", Optional.empty(), "another poller is at work", List.of());
  }

  private static Finding finding(EndpointResult completions, EndpointResult costs) {
    var endpoints = new TreeMap<String, EndpointResult>();
    endpoints.put("completions", completions);
    endpoints.put(CycleRecord.COSTS, costs);
    endpoints.put(CycleRecord.NAMES, READ);
    var cycle =
        new CycleRecord(
            Instant.EPOCH,
            Duration.ofSeconds(1),
            "cli",
            false,
            endpoints,
            new DayTotals(LocalDate.EPOCH, new TreeMap<>(), 0, BigDecimal.ZERO));
    return new Finding("acme", Optional.of(cycle), "", List.of());
  }

  private static EndpointResult result(int read, Optional<Kind> failure) {
    return new EndpointResult(read, 0, 0, 0, failure, Optional.empty(), Optional.empty());
  }
}
